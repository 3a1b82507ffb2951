// Command makefilter makes the filter of common passwords from a compressed list of them, one a
// line.
package main

import (
	"bufio"
	"compress/gzip"
	"flag"
	"log"
	"os"

	"countersign/internal/breached"
)

func main() {
	log.SetFlags(0)
	list := flag.String("list", "", "compressed list of passwords")
	out := flag.String("out", "", "file to write the filter to")
	flag.Parse()
	if err := makeFilter(*list, *out); err != nil {
		log.Fatal(err)
	}
}

func makeFilter(list, out string) error {
	file, err := os.Open(list)
	if err != nil {
		return err
	}
	defer file.Close()
	text, err := gzip.NewReader(file)
	if err != nil {
		return err
	}
	var passwords []string
	lines := bufio.NewScanner(text)
	for lines.Scan() {
		passwords = append(passwords, lines.Text())
	}
	if err := lines.Err(); err != nil {
		return err
	}
	filter := breached.NewFilter(len(passwords))
	for _, password := range passwords {
		filter.Add(password)
	}
	return os.WriteFile(out, filter.Bytes(), 0o644)
}
