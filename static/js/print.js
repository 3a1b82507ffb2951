// What is printed says when. Without script that is when the page was made.

const format = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" });

export function datePrints() {
  addEventListener("beforeprint", () => {
    document.documentElement.dataset.printAt = `${format.format(new Date())} UTC`;
  });
}
