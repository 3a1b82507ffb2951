package store

import (
	"context"
	"database/sql/driver"
	"errors"

	"github.com/jackc/pgx/v5/stdlib"
)

// storableConnector opens connections whose arguments the database can hold.
type storableConnector struct{ driver.Connector }

// Connect implements driver.Connector.
func (c storableConnector) Connect(ctx context.Context) (driver.Conn, error) {
	made, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	conn, ok := made.(*stdlib.Conn)
	if !ok {
		return nil, errors.Join(errors.New("store: the driver's connections lack something"), made.Close())
	}
	return &storableConn{conn}, nil
}

// storableConn is a connection of PostgreSQL's.
type storableConn struct{ *stdlib.Conn }

// CheckNamedValue implements driver.NamedValueChecker.
func (*storableConn) CheckNamedValue(v *driver.NamedValue) error { return storableArgument(v) }
