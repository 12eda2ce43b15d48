/* gcc-N -O2 -g -fprofile-use -ftest-coverage -fdump-ipa-profile-lineno-blocks-details -Wno-missing-profile -c notes.c -o notes-N.o */
static inline int half(int x) { return x / 2; }

int steps(int n)
{
    int count = 0;
    while (n > 1) {
        n = n & 1 ? 3 * n + 1 : half(n);
        count++;
    }
    return count;
}
