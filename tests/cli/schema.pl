# schema.pl DIR COMMAND <JSON - the answer against DIR/COMMAND.json. As much of JSON Schema as those files use;
# beyond it, a member that is not declared is wrong: what is added is written down. What is wrong is printed.
use strict;
use warnings;
use B;
use JSON::PP;
my ($dir, $command) = @ARGV;
my (%files, @bad);

sub schema_file {
	my ($name) = @_;
	return $files{$name} //= do {
		local $/;
		open my $f, '<', "$dir/$name" or die "$dir/$name: $!\n";
		decode_json(<$f>);
	};
}

# "envelope.json#/$defs/plan", seen from a file: the schema and the file it stands in.
sub resolve {
	my ($ref, $file) = @_;
	my ($name, $pointer) = split /#/, $ref, 2;
	$file = $name if $name ne '';
	my $s = schema_file($file);
	$s = $s->{$_} // die "$ref: no $_\n" for grep { $_ ne '' } split m{/}, $pointer // '';
	return ($s, $file);
}

sub type_of {
	my ($v) = @_;
	return 'null' if !defined $v;
	return 'boolean' if JSON::PP::is_bool($v);
	return ref $v eq 'HASH' ? 'object' : 'array' if ref $v;
	return B::svref_2object(\$v)->FLAGS & B::SVf_POK ? 'string' : 'integer';
}

# Whether it holds, without a word.
sub holds {
	my ($schema, $v, $file) = @_;
	my @kept = splice @bad;
	evaluate($schema, $v, '', $file);
	my $ok = !@bad;
	@bad = @kept;
	return $ok;
}

# Says what is wrong; returns the members that some part of the schema declares, or undef for an open one.
sub evaluate {
	my ($s, $v, $path, $file) = @_;
	my %declared;
	my $open = 1;
	my $part = sub {
		my $d = evaluate($_[0], $v, $path, $_[1]);
		($open, %declared) = (0, %declared, %$d) if $d;
	};
	$part->(resolve($s->{'$ref'}, $file)) if $s->{'$ref'};
	$part->($_, $file) for @{$s->{allOf} // []};
	if ($s->{oneOf}) {
		my @fit = grep { holds($_, $v, $file) } @{$s->{oneOf}};
		if (@fit == 1) { $part->($fit[0], $file) }
		else { push @bad, "$path: fits " . @fit . ' of oneOf' }
	}
	$part->($s->{then}, $file) if $s->{if} && holds($s->{if}, $v, $file);
	my $type = type_of($v);
	push @bad, "$path: $type, not $s->{type}" if $s->{type} && $s->{type} ne $type;
	push @bad, "$path: not $s->{const}" if exists $s->{const} && ($v // '') ne $s->{const};
	push @bad, "$path: '$v' is none of @{$s->{enum}}" if $s->{enum} && !grep { $_ eq $v } @{$s->{enum}};
	push @bad, "$path: '$v' is not like $s->{pattern}" if $s->{pattern} && $type eq 'string' && $v !~ /$s->{pattern}/;
	push @bad, "$path: empty" if $s->{minLength} && $type eq 'string' && $v eq '';
	if ($type eq 'array' && $s->{items}) {
		check($s->{items}, $v->[$_], "$path\[$_]", $file) for 0 .. $#$v;
	}
	if ($type eq 'object') {
		for (@{$s->{required} // []}) { push @bad, "$path: no $_" if !exists $v->{$_} }
		for my $key (keys %{$s->{properties} // {}}) {
			$open = 0;
			$declared{$key} = 1;
			check($s->{properties}{$key}, $v->{$key}, "$path.$key", $file) if exists $v->{$key};
		}
		if ($s->{additionalProperties}) {
			$open = 0;
			for my $key (keys %$v) {
				check($s->{additionalProperties}, $v->{$key}, "$path.$key", $file) if !$declared{$key}++;
			}
		}
	}
	return $open ? undef : \%declared;
}

sub check {
	my ($s, $v, $path, $file) = @_;
	my $declared = evaluate($s, $v, $path, $file);
	return if !$declared || ref $v ne 'HASH';
	for my $key (sort keys %$v) { push @bad, "$path: $key is not declared" if !$declared->{$key} }
}

my $answer = do { local $/; decode_json(<STDIN>) };
check(schema_file("$command.json"), $answer, '', "$command.json");
print map { "$_\n" } @bad;
exit(@bad ? 1 : 0);
