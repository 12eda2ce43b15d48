"""Sound that is always the same.  sound.py music|speech|drums MILLISECONDS > FILE.wav"""
import math
import struct
import sys


class Random:
    def __init__(self, seed):
        self.state = seed

    def level(self):
        """A number of at least -1 and less than 1."""
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) / 2**30 - 1


def music(rate, length, random):
    """Two voices with overtones that fade, left and right of the middle, and the hiss of a tape."""
    for i in range(length):
        t = i / rate
        beat, since = divmod(t, 0.24)
        left = right = 0.0
        for voice, step in ((0, 5), (1, 7)):
            pitch = 196 * 2 ** ((int(beat) * step % 12 + 7 * voice) / 12)
            for overtone in range(1, 5):
                tone = math.exp(-since * 4 * overtone) * math.sin(2 * math.pi * pitch * overtone * t) / overtone
                left += tone * (0.7 - 0.4 * voice)
                right += tone * (0.3 + 0.4 * voice)
        yield left * 0.4 + random.level() * 0.002, right * 0.4 + random.level() * 0.002


def speech(rate, length, random):
    """Pulses through two resonators that move, breath, and pauses without a sound."""
    a = b = c = d = 0.0
    phase = 0.0
    for i in range(length):
        t = i / rate
        if int(t * 7) % 5 == 4:
            yield (0.0,)
            continue
        phase += (110 + 25 * math.sin(t * 3)) / rate
        pulse = 1.0 if phase >= 1 else 0.0
        phase -= pulse
        source = pulse + random.level() * (0.3 if int(t * 7) % 3 == 0 else 0.01)
        first = 2 * math.pi * (500 + 250 * math.sin(t * 5)) / rate
        second = 2 * math.pi * (1500 + 600 * math.sin(t * 8 + 1)) / rate
        a, b = source + 1.94 * math.cos(first) * a - 0.941 * b, a
        c, d = a + 1.9 * math.cos(second) * c - 0.9025 * d, c
        yield (c * 0.01,)


def drums(rate, length, random):
    """Bursts of noise, the same on both sides now and then, with silence between."""
    low = 0.0
    for i in range(length):
        t = i / rate
        stroke, since = divmod(t, 0.11)
        fade = math.exp(-since * (25 + 30 * (int(stroke) % 3)))
        low += 0.2 * (random.level() - low)
        hit = (random.level() if int(stroke) % 2 else low * 2) * fade
        yield (hit * 0.9, hit * 0.9) if int(stroke) % 4 < 2 else (hit * 0.9, random.level() * fade * 0.2)


kinds = {"music": (music, 44100, 2, 2), "speech": (speech, 16000, 1, 3), "drums": (drums, 48000, 2, 2)}
make, rate, channels, width = kinds[sys.argv[1]]
scale = 2 ** (8 * width - 1) - 1
data = bytearray()
for frame in make(rate, rate * int(sys.argv[2]) // 1000, Random(12345)):
    for level in frame:
        data += int(max(-1.0, min(1.0, level)) * scale).to_bytes(width, "little", signed=True)
head = struct.pack("<4sIHHIIHH4sI", b"fmt ", 16, 1, channels, rate, rate * channels * width, channels * width, 8 * width, b"data", len(data))
sys.stdout.buffer.write(b"RIFF" + struct.pack("<I4s", 4 + len(head) + len(data), b"WAVE") + head + data)
