package main

import (
	"fmt"
	"strings"
)

// machineLines are the lines that machines read: two for a passport, three for a card.
// Source: ICAO Doc 9303, parts 3, 4 and 5.
func machineLines(d documentData, card bool) []string {
	name := d.Family + "<<" + strings.ReplaceAll(d.Given, " ", "<")
	number, born, expires := padMachineText(d.Number, 9), machineDate(d.Born), machineDate(d.Expires)
	sex := d.Sex[:1]
	if card {
		first := padMachineText("I<"+d.Nation+number[:9]+checkDigit(number[:9]), 30)
		second := born + checkDigit(born) + sex + expires + checkDigit(expires) + d.Nation + padMachineText("", 11)
		all := first[5:] + second[0:7] + second[8:15] + second[18:29]
		return []string{first, second + checkDigit(all), padMachineText(name, 30)}
	}
	numbered := number[:9] + checkDigit(number[:9])
	optional := padMachineText("", 14) + "0"
	whole := numbered + born + checkDigit(born) + expires + checkDigit(expires) + optional
	return []string{
		padMachineText("P<"+d.Nation+name, 44),
		numbered + d.Nation + born + checkDigit(born) + sex + expires + checkDigit(expires) + optional + checkDigit(whole),
	}
}

func padMachineText(text string, length int) string {
	if len(text) > length {
		return text[:length]
	}
	return text + strings.Repeat("<", length-len(text))
}

// machineDate writes 1988-02-03 as 880203.
func machineDate(date string) string { return date[2:4] + date[5:7] + date[8:10] }

// checkDigit is the check digit of a field. Source: ICAO Doc 9303, part 3, section 4.9.
func checkDigit(field string) string {
	sum := 0
	for i, c := range []byte(field) {
		value := 0
		switch {
		case c >= '0' && c <= '9':
			value = int(c - '0')
		case c >= 'A' && c <= 'Z':
			value = int(c-'A') + 10
		}
		sum += value * [3]int{7, 3, 1}[i%3]
	}
	return fmt.Sprint(sum % 10)
}
