package store

import (
	"database/sql/driver"

	"countersign/internal/review"
)

// storableArgument replaces in an argument of a statement what PostgreSQL cannot hold, on either
// engine: what is looked up is not found then, and what is stored is the same on both. Texts
// from outside are otherwise stored as they came.
func storableArgument(v *driver.NamedValue) error {
	value, err := driver.DefaultParameterConverter.ConvertValue(v.Value)
	if err != nil {
		return err
	}
	if text, ok := value.(string); ok {
		value = review.StorableText(text)
	}
	v.Value = value
	return nil
}
