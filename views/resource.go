package views

import (
	"strconv"
	"strings"

	"countersign/internal/idv"
)

// resourcesOf returns the resources of one kind, in their order.
func resourcesOf(s *idv.Session, kind idv.ResourceKind) []*idv.Resource {
	var list []*idv.Resource
	for i := range s.Resources {
		if s.Resources[i].Kind == kind {
			list = append(list, &s.Resources[i])
		}
	}
	return list
}

// missingKinds names the kinds that Yoti Sign's page lists and this result has none
// of, so that their absence is said.
func missingKinds(s *idv.Session) string {
	var names []string
	for _, kind := range []idv.ResourceKind{idv.IDDocuments, idv.SupplementaryDocuments, idv.LivenessCaptures, idv.FaceCaptures} {
		if len(resourcesOf(s, kind)) == 0 {
			names = append(names, kind.Word().Label)
		}
	}
	return strings.Join(names, ", ")
}

// checkByID returns the only check that has an id; nil when there is none or when
// several share it, as in Yoti's own example.
func checkByID(s *idv.Session, id string) *idv.Check {
	var found *idv.Check
	for i := range s.Checks {
		if id == "" || s.Checks[i].ID != id {
			continue
		}
		if found != nil {
			return nil
		}
		found = &s.Checks[i]
	}
	return found
}

// taskTitle names a task with its state: "Text extraction: done".
func taskTitle(t idv.Task) string {
	name := idv.TaskType(t.Type).Label
	if t.Type == "" {
		name = "Task"
	}
	if t.State == "" {
		return name
	}
	return name + ": " + strings.ToLower(t.State.Word().Label)
}

// position writes the place in a list, counted from one.
func position(i int) string { return strconv.Itoa(i + 1) }

// kindTitle is the heading of a list of resources: "Identity document", "2 Face captures".
func kindTitle(kind idv.ResourceKind, n int) string {
	if n == 1 {
		return kind.Word().Label
	}
	return count(n, kind.Word().Label, kind.Word().Label+"s")
}

// textsLabel says what the texts of a resource are.
func textsLabel(r *idv.Resource) string {
	switch r.Kind {
	case idv.ApplicantProfiles, idv.ShareCodes:
		return "See the profile"
	}
	return "Read what was extracted"
}
