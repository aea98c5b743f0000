# The application in a slot of its own, as later versions will stand beside it; links say which one runs, which was kept
# last, and which came with the image.
cd /opt/zaehlwerk || exit
wheel=$(echo wheels/zaehlwerk-*.whl)
version=$(basename "$wheel" | cut --delimiter=- --fields=2)
rm --recursive --force "slots/$version"
python3 -m venv "slots/$version"
"slots/$version/bin/pip" install --quiet --no-index --no-deps --only-binary :all: --no-cache-dir wheels/*.whl
"slots/$version/bin/pip" check
echo "$version" > "slots/$version/.sealed"
for link in current kept image; do
	ln --symbolic --force --no-dereference "slots/$version" "$link"
done
ln --symbolic --force /opt/zaehlwerk/current/bin/edge-app /usr/local/bin/edge-app
rm --recursive wheels
