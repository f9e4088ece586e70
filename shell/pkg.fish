# pkg.fish - completion of pkg in fish; all that it knows it asks `pkg __complete`.

function __pkg_complete
    set -l words (commandline -opc)
    set -l word (commandline -ct)
    set -l before (string replace -r -- '^(--[^=]*=)?.*' '$1' "$word")
    set -l path (string replace -r -- '^--[^=]*=' '' "$word")

    for line in (command pkg __complete -- $words[2..-1] "$word" 2>/dev/null)
        switch $line
            case ':file'
                for found in (__fish_complete_path $path)
                    echo $before$found
                end
            case ':dir'
                for found in (__fish_complete_directories $path '')
                    echo $before$found
                end
            case ':program'
                complete -C "$path"
            case '*'
                echo $line
        end
    end
end

complete -c pkg -f -a '(__pkg_complete)'
