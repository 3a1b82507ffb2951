package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/stdlib"
)

// askingConnector opens connections that may be asked for any text. PostgreSQL holds neither the
// character U+0000 nor what is not UTF-8, and refuses statements with it:
// https://www.postgresql.org/docs/current/datatype-character.html
// No row has such a text, so it is asked for with U+FFFD in the place of what cannot be, which no
// row has either, unless it came to be there in just that way. What is written is
// not changed: there such a text is an error.
type askingConnector struct{ driver.Connector }

// Connect implements driver.Connector.
func (c askingConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	inner, ok := conn.(*stdlib.Conn)
	if !ok {
		return nil, errors.Join(errors.New("store: the driver's connections are others than expected"), conn.Close())
	}
	return askingConn{inner}, nil
}

type askingConn struct{ *stdlib.Conn }

// CheckNamedValue implements driver.NamedValueChecker.
func (c askingConn) CheckNamedValue(arg *driver.NamedValue) error {
	if v := reflect.ValueOf(arg.Value); v.Kind() == reflect.String {
		arg.Value = textToAskFor(v.String())
	}
	return c.Conn.CheckNamedValue(arg)
}

func textToAskFor(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, string(utf8.RuneError)), "\x00", string(utf8.RuneError))
}
