// Why a picture cannot be had. A browser does not show the answer to a picture that
// failed, so the same address is asked once more, for an explanation.

const patience = 30_000; // ms for an answer
const longest = 300; // characters of a sentence; ours are shorter

// Codes of failures that may pass. Every other answer would be the same again.
const passing = ["timed-out", "unavailable", "rate-limited", "unreachable", "signed-out"];

const unreached = {
  code: "unreachable",
  title: "Countersign cannot be reached",
  advice: "Check your connection, then try again.",
};

const signedOut = {
  code: "signed-out",
  title: "Session expired",
  advice: "Sign in in another tab, then try again.",
};

// unexplained is also for a picture that arrives but is none.
export const unexplained = {
  code: "",
  title: "This picture cannot be shown",
  advice: "What arrived is not a picture.",
};

// problemOf returns {code, title, advice}, or undefined where the picture can be had
// after all.
export async function problemOf(address) {
  try {
    const answer = await fetch(address, {
      headers: { Accept: "application/json" },
      cache: "no-store",
      redirect: "manual", // signing in is a page, not an explanation
      signal: AbortSignal.timeout(patience),
    });
    if (answer.type === "opaqueredirect") return signedOut;
    if (answer.ok) {
      answer.body?.cancel();
      return undefined;
    }
    return await explanation(answer);
  } catch {
    return unreached;
  }
}

async function explanation(answer) {
  if (!answer.headers.get("Content-Type")?.startsWith("application/json")) {
    if (answer.status === 401) return signedOut;
    // A server between us and Countersign answers so when that does not.
    return [502, 503, 504].includes(answer.status) ? unreached : unexplained;
  }
  const said = await answer.json().catch(() => null);
  const { code, title, advice } = said ?? unexplained;
  return { code: sentence(code), title: sentence(title) || unexplained.title, advice: sentence(advice) };
}

// sentence is what the server said, where it is text.
function sentence(said) {
  return typeof said === "string" ? said.slice(0, longest) : "";
}

// mayPass says whether it is worth asking again.
export function mayPass(problem) {
  return passing.includes(problem.code);
}
