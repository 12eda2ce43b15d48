"""Sound that is always the same.  wave.py music|noise SECONDS > FILE.wav"""
import math
import struct
import sys

kind, seconds = sys.argv[1], float(sys.argv[2])
rate = 44100
state = 12345
samples = bytearray()
for i in range(int(rate * seconds)):
    state = (state * 1103515245 + 12345) % 2**31
    noise = (state >> 16) % 2001 - 1000
    t = i / rate
    if kind == "music":
        note = 220 * 2 ** ((i // 11025 * 5 % 12) / 12)
        left = 9000 * math.sin(2 * math.pi * note * t) + 4000 * math.sin(6 * math.pi * note * t) + noise / 20
        right = 7000 * math.sin(2 * math.pi * note * 1.5 * t) + noise / 15
    else:
        left, right = 9 * noise, noise if i % 9000 < 4000 else 0
    samples += struct.pack("<hh", int(left), int(right))
sys.stdout.buffer.write(b"RIFF" + struct.pack("<I", 36 + len(samples)) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 2, rate, 4 * rate, 4, 16) + b"data" + struct.pack("<I", len(samples)) + samples)
