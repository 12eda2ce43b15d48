package main

import (
	"fmt"
	"os"
	"sort"
	"strconv"
)

func collatz(n int) int {
	steps := 0
	for n != 1 {
		if n%2 == 0 {
			n /= 2
		} else {
			n = 3*n + 1
		}
		steps++
	}
	return steps
}

func main() {
	n := 3000
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	all := []int{}
	for i := 1; i < n; i++ {
		all = append(all, collatz(i))
	}
	sort.Ints(all)
	fmt.Println(all[len(all)-1])
}
