#!/bin/sh
# Every example of the manual pages runs, page by page, in a root with a few packages.
. "$(dirname "$0")/lib.sh"
package hello 1.0 'build: ["sh" "-c" "printf '"'#!/bin/sh\\necho hello\\n'"' > hello"]
install: [["mkdir" "-p" "%{bin}%"] ["install" "-m" "755" "hello" "%{bin}%/hello"]]
run-test: ["sh" "hello"]'
simple zlib 1.2.13
simple zlib 1.3.1
simple xen 1.0
package tls-proxy 1.0 'depends: ["xen" "zlib"]
x-images: ["share/tls-proxy/tls-proxy.elf"]
install: [["mkdir" "-p" "%{share}%/tls-proxy"] ["sh" "-c" "echo not really an image > %{share}%/tls-proxy/tls-proxy.elf"]]'
fresh
pkg -q repo add base "$REPO" >/dev/null
pkg -q repo remove test
pkg -q install hello zlib.1.2.13 tls-proxy >/dev/null
export EXAMPLES="$work/examples"
mkdir "$EXAMPLES"
cp -R "$REPO" "$EXAMPLES/repository"
mkdir "$EXAMPLES/hello"
printf 'opam-version: "2.0"\n' >"$EXAMPLES/hello/hello.opam"
git -C "$EXAMPLES/hello" init -q
git -C "$EXAMPLES/hello" add -A
git -C "$EXAMPLES/hello" commit -qm hello
mv "$PKGROOT" "$work/template"
cp -a "$EXAMPLES" "$work/examples.template"
export PAGER=cat MANPAGER=cat

for page in "$top"/man/*.1; do
	name=${page##*/}
	rm -rf "$PKGROOT" "$EXAMPLES"
	cp -a "$work/template" "$PKGROOT"
	cp -a "$work/examples.template" "$EXAMPLES"
	sed -n '/^\.Sh EXAMPLES/,/^\.Sh SEE/s/^\.Dl //p' "$page" | sed 's/\\e/\\/g' >"$work/examples.list"
	t "$name has examples" "test \"\$(wc -l <'$work/examples.list')\" -ge 3"
	while IFS= read -r example; do
		printf '%s\n' "$example" >"$work/example.sh"
		case $example in
		*--json)
			# shellcheck disable=SC2016 # for the test
			t "$name: $example" 'sh -e "$work/example.sh" >answer
				perl "$here/schema.pl" "$top/schema" "$(json answer schema | sed "s|pkg/1/||")" <answer' ;;
		*) t "$name: $example" 'sh -e "$work/example.sh"' ;;
		esac
	done <"$work/examples.list"
done
finish
