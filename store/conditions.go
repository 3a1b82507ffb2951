package store

import "strconv"

// conditions are those of a statement that is put together, with all its arguments.
type conditions struct {
	text      string
	arguments []any
}

// argument adds an argument and returns the placeholder for it.
func (c *conditions) argument(value any) string {
	c.arguments = append(c.arguments, value)
	return "$" + strconv.Itoa(len(c.arguments))
}

// and adds a condition with one argument, which stands between before and after.
func (c *conditions) and(before string, value any, after string) {
	c.text += `
			AND ` + before + c.argument(value) + after
}
