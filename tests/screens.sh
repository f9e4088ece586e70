#!/bin/sh
# screens.sh - screenshots of a night's report, light, dark and narrow, into build/screens: for people to look
# at. SITE is the folder of a report (that of nightly-demo); needs chromium.
set -eu
cd "$(dirname "$0")/.."
site=${SITE:-$PWD/build/nightly-demo/report}
out=$PWD/build/screens
[ -s "$site/index.html" ] || { echo "no report in $site: make nightly-demo"; exit 1; }
command -v chromium >/dev/null || { echo 'chromium is missing: apt install chromium'; exit 1; }
mkdir -p "$out"

shot() { # PAGE PNG SIZE [OPTIONS]
	page=$1 png=$out/$2 size=$3
	shift 3
	profile=$(mktemp -d)
	chromium --headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking \
		--disable-component-update --disable-sync --hide-scrollbars --user-data-dir="$profile" \
		--window-size="$size" "$@" --screenshot="$png" "file://$site/$page" >/dev/null 2>&1
	rm -rf "$profile"
	[ -s "$png" ] || { echo "no $png"; exit 1; }
	echo "$png"
}

shot index.html index.png 1200,1500
shot index.html index-dark.png 1200,1500 --force-dark-mode
shot index.html index-narrow.png 500,1200
for page in "$site"/p/*.html; do
	# A page of one that failed says most.
	grep -q 'section class="reason failed"' "$page" || continue
	shot "p/${page##*/}" package.png 1200,1300
	shot "p/${page##*/}" package-dark.png 1200,1300 --force-dark-mode
	break
done
