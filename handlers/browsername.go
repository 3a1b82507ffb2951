package handlers

import "strings"

// browserName says in a few words what a browser calls itself, for its owner to know it by:
// "Firefox on Linux". Browsers name those before them too, so the rarer name is looked for
// first. It is empty where none is known.
func browserName(userAgent string) string {
	name := firstNamed(userAgent, [][2]string{
		{"Edg/", "Edge"}, {"EdgA/", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser/", "Samsung Internet"},
		{"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"}, {"CriOS/", "Chrome"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"},
	})
	system := firstNamed(userAgent, [][2]string{
		{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"CrOS", "ChromeOS"},
		{"Windows", "Windows"}, {"Mac OS X", "macOS"}, {"Linux", "Linux"},
	})
	if name == "" || system == "" {
		return name + system
	}
	return name + " on " + system
}

// firstNamed is the name of the first mark that stands in a text.
func firstNamed(text string, marks [][2]string) string {
	for _, mark := range marks {
		if strings.Contains(text, mark[0]) {
			return mark[1]
		}
	}
	return ""
}
