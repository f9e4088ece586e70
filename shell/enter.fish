# enter.fish - `pkg_enter [SWITCH]` and `pkg_leave` for fish.

function pkg_enter --description 'enter a switch of pkg'
    command pkg env --shell=fish --switch=$argv[1] | source
    return $pipestatus[1]
end

function pkg_leave --description 'leave the switch that was entered'
    command pkg env --shell=fish --revert | source
    return $pipestatus[1]
end
