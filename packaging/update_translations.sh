#!/bin/sh
# Brings translations/crux_*.ts up to date with the sources; new strings appear as unfinished.
# Then translate them (Qt Linguist, or an editor) and run the test tst_translations.
set -eu
cd "$(dirname "$0")/.."
lupdate=${LUPDATE:-/usr/lib/qt6/bin/lupdate}
[ -x "$lupdate" ] || lupdate=$(command -v lupdate)
for file in translations/crux_*.ts; do
    only=
    case $file in
    *_en.ts) only=-pluralonly ;; # English needs its plural forms only
    esac
    # shellcheck disable=SC2086
    "$lupdate" -silent -no-obsolete -locations none -I . $only ui app/crux -ts "$file"
done
