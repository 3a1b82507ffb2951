package store

import (
	"context"
	"maps"
	"slices"
	"strings"
)

// checkSchema compares the tables, indexes and triggers of the database with those that
// this program makes.
func (v *verification) checkSchema(ctx context.Context) error {
	if err := v.checkVersion(ctx); err != nil {
		return err
	}
	want := v.engine.wantedSchema()
	found, err := v.engine.schemaOf(ctx, v.db)
	if err != nil {
		return err
	}
	for _, object := range slices.Sorted(maps.Keys(want)) {
		switch text, there := found[object]; {
		case !there:
			return &Inconsistency{"the schema", "the " + object + " is missing"}
		case text != want[object]:
			return &Inconsistency{"the schema", "the " + object + " is not the one that this program made"}
		}
		delete(found, object)
	}
	// How far the schema was upgraded is kept by the library that does it.
	delete(found, "table schema_migrations")
	delete(found, "index version_unique")
	if more := slices.Sorted(maps.Keys(found)); len(more) > 0 {
		return &Inconsistency{"the schema", "the " + more[0] + " was put in"}
	}
	return nil
}

// checkVersion returns an error unless the database has the schema of this program.
func (v *verification) checkVersion(ctx context.Context) error {
	newest, err := v.engine.newestVersion()
	if err != nil {
		return err
	}
	s := &Store{engine: v.engine, version: newest}
	found, err := readState(ctx, v.engine, v.db)
	if err != nil {
		return s.describeError(err)
	}
	return s.checkSchemaVersion(found.version, found.dirty)
}

// formatSchema writes the texts of objects one after the other, each below a line with what it
// is.
func formatSchema(all map[string]string) string {
	var b strings.Builder
	for _, object := range slices.Sorted(maps.Keys(all)) {
		b.WriteString("-- " + object + " --\n" + all[object] + "\n")
	}
	return b.String()
}

// parseSchema reads what formatSchema writes.
func parseSchema(text string) map[string]string {
	all := map[string]string{}
	var object string
	for line := range strings.Lines(text) {
		name, found := strings.CutPrefix(line, "-- ")
		name, ends := strings.CutSuffix(name, " --\n")
		if found && ends {
			object = name
			continue
		}
		all[object] += line
	}
	for object, text := range all {
		all[object] = strings.TrimSuffix(text, "\n")
	}
	return all
}
