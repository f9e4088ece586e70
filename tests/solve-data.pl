# solve-data.pl - the recorded requests of $PKG_DATA through the command line of `pkg solve --json`.
#
#	perl tests/solve-data.pl FOLDER EVERY	every EVERY-th request of optimum.jsonl and opam-answers.jsonl;
#						PKGROOT has the repository. Prints TAP.
use strict;
use warnings;
use JSON::PP;

my ($folder, $every) = @ARGV;
my ($count, $failed) = (0, 0);
my %asked;

sub ok {
	my ($good, $what) = @_;
	$count++;
	$failed += !$good;
	print $good ? '' : 'not ', "ok $count - $what\n";
}

# The switch as options.
sub state_of {
	my ($meta, $name) = @_;
	my $switch = $meta->{switches}{$name};
	return '--empty' if !@{$switch->{installed}};
	open my $out, '>', "installed.$name" or die;
	print $out "$_\n" for @{$switch->{installed}};
	close $out;
	return ('--installed', "installed.$name", '--invariant', $switch->{invariant});
}

# Answer and exit status; asked once.
sub ask {
	my @words = @_;
	my $key = join ' ', @words;
	return @{$asked{$key}} if $asked{$key};
	my $pid = open my $in, '-|';
	die if !defined $pid;
	if (!$pid) {
		open STDERR, '>', '/dev/null';
		exec 'pkg', 'solve', '--json', @words;
	}
	local $/;
	my $text = <$in>;
	close $in;
	$asked{$key} = [decode_json($text), $? >> 8];
	return @{$asked{$key}};
}

sub vars_of {
	my ($vars) = @_;
	return join ',', map { "$_=$vars->{$_}" } grep { defined $vars->{$_} && !/^with-|^build$|^post$/ } sort keys %$vars;
}

# A better vector than ours?
sub less {
	my ($x, $y) = @_;
	for (0 .. 5) { return $x->[$_] < $y->[$_] if $x->[$_] != $y->[$_] }
	return 0;
}

sub judge_optimum {
	my ($row, $answer, $status) = @_;
	my $what = "optimum: $row->{request} ($row->{switch})";
	return ok($status == 20 || $status == 5, "$what: unsatisfiable") if $row->{status} ne 'sat';
	my $want = join ' ', @{$row->{vector}};
	my $got = join ' ', @{$answer->{data}{vector} || []};
	ok($status == 0 && $got eq $want && $answer->{data}{proven}, "$what: $want" . ($got eq $want ? '' : ", not $got"));
}

sub judge_opam {
	my ($row, $answer, $status) = @_;
	my %codes = (sat => 0, unsat => 20, unavailable => 5, notfound => 5);
	return if !exists $codes{$row->{status}};
	my $same = ($row->{status} eq 'sat') == ($status == 0) && ($row->{status} eq 'sat' || $status == 20 || $status == 5);
	ok($same, "opam: $row->{request} ($row->{switch}): $row->{status}" . ($same ? '' : ", not $status"));
}

for my $file ('optimum', 'opam-answers') {
	open my $in, '<', "$folder/$file.jsonl" or die "$folder/$file.jsonl: $!";
	my $meta = decode_json(scalar <$in>);
	my $vars = vars_of($meta->{environment} || $meta->{vars});
	my %state = map { $_ => [state_of($meta, $_)] } keys %{$meta->{switches}};
	while (<$in>) {
		next if $. % $every;
		my $row = decode_json($_);
		my ($answer, $status) = ask(@{$state{$row->{switch}}}, '--for', $vars, split / /, $row->{request});
		$file eq 'optimum' ? judge_optimum($row, $answer, $status) : judge_opam($row, $answer, $status);
	}
}
print "1..$count\n";
exit($failed != 0);
