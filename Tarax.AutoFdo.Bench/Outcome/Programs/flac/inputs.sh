# Makes sounds, and with a build of its own the files to decode.
set -e
python3 lab/sound.py music 4000 > train.wav
python3 lab/sound.py speech 9000 > speech.wav
python3 lab/sound.py drums 6000 > drums.wav
gcc -O1 -w -o encode -Ilab -Iinclude -Isrc/libFLAC/include -DHAVE_CONFIG_H \
    $(ls src/libFLAC/*.c src/flac/*.c src/share/getopt/*.c src/share/grabbag/*.c src/share/replaygain_*/*.c src/share/utf8/*.c | grep -v -e ogg_ -e iffscan -e charset_test -e makemap) -lm
./encode -5 -s -f -o train.flac train.wav
./encode -7 -s -f -b 2304 -o drums.flac drums.wav
