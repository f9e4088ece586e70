# envelope.pl COMMAND STATUS <JSON - one envelope as cli.md has it: nothing before or after it, no key twice,
# keys in snake case, no empty text, hashes with their kind, lists of texts or names sorted, the right schema, and an
# error exactly when the status is not 0, with that code. A parser of its own: JSON::PP takes the last of two
# equal keys. What is wrong is printed, a line each.
use strict;
use warnings;
use utf8;
my ($command, $status) = @ARGV;
local $/;
binmode STDIN, ':encoding(UTF-8)';
binmode STDOUT, ':encoding(UTF-8)';
my $text = <STDIN> // '';
my @bad;
# Their order says something: of building, of time, of versions, of words.
my %ordered = map { $_ => 1 } qw(chosen steps transactions versions hints notes repositories sources options
	vector reasons suggestions chains);
$ordered{packages} = 1 if $command eq 'search'; # the best first

sub value {
	my ($path) = @_;
	if ($text =~ /\G\s*\{/gc) { return members($path) }
	if ($text =~ /\G\s*\[/gc) { return elements($path) }
	if ($text =~ /\G\s*"((?:[^"\\\x00-\x1f]|\\(?:["\\\/bfnrt]|u[0-9a-fA-F]{4}))*)"/gc) {
		my $s = $1;
		push @bad, "$path: an empty text" if $s eq '' && $path !~ /message$/;
		push @bad, "$path: a bare hash: $s" if $s =~ /^[0-9a-f]{64}$/;
		return $s;
	}
	if ($text =~ /\G\s*(-?\d+|true|false)/gc) { return $1 }
	if ($text =~ /\G\s*null/gc) {
		push @bad, "$path: null" if $path ne '.error';
		return undef;
	}
	die "$path: no JSON at byte " . (pos($text) // 0) . "\n";
}

sub members {
	my ($path) = @_;
	my %seen;
	return \%seen if $text =~ /\G\s*\}/gc;
	while (1) {
		$text =~ /\G\s*"([^"\\]*)"\s*:/gc or die "$path: no key\n";
		my $key = $1;
		push @bad, "$path: the key $key twice" if exists $seen{$key};
		push @bad, "$path: the key $key is not in snake case" if $key !~ /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/;
		$seen{$key} = value("$path.$key");
		next if $text =~ /\G\s*,/gc;
		last if $text =~ /\G\s*\}/gc;
		die "$path: neither , nor }\n";
	}
	return \%seen;
}

sub elements {
	my ($path) = @_;
	my @list;
	return \@list if $text =~ /\G\s*\]/gc;
	while (1) {
		push @list, value($path . '[]');
		next if $text =~ /\G\s*,/gc;
		last if $text =~ /\G\s*\]/gc;
		die "$path: neither , nor ]\n";
	}
	my ($name) = $path =~ /(\w+)(?:\[\])*$/;
	my @keys = map { ref $_ eq 'HASH' ? $_->{name} // '' : $_ } @list;
	push @bad, "$path: not sorted: @keys" if !$ordered{$name} && "@keys" ne join ' ', sort @keys;
	return \@list;
}

my $top = eval { value('') };
push @bad, $@ if $@;
push @bad, 'text after the object' if $text !~ /\G\s*\z/gc;
if (ref $top eq 'HASH') {
	my $error = $top->{error};
	push @bad, "schema $top->{schema}, want pkg/1/$command" if ($top->{schema} // '') ne "pkg/1/$command";
	for (qw(schema tool repo data warnings error)) { push @bad, "no $_" if !exists $top->{$_} }
	push @bad, "data is no object" if ref $top->{data} ne 'HASH';
	push @bad, "an error with status 0: $error->{message}" if $error && !$status;
	push @bad, "no error with status $status" if !$error && $status;
	push @bad, "error.code is $error->{code}, the status $status" if $error && $error->{code} != $status;
	for (qw(id code message hints)) { push @bad, "no error.$_" if $error && !exists $error->{$_} }
} else {
	push @bad, 'no object';
}
print map { "$_\n" } @bad;
exit(@bad ? 1 : 0);
