// A quiz answers at once: the reason for the chosen option stands below the options, and is read
// out. Without this script all reasons stand in a fold, and on paper in a list.
(() => {
  function prepare(quiz) {
    const said = quiz.querySelector(".quiz-said");
    const fold = quiz.querySelector(".quiz-answers");
    const answers = [...fold.querySelectorAll(".quiz-answer")];

    function collect() {
      fold.append(...answers);
    }
    function show() {
      collect();
      fold.hidden = true;
      const chosen = quiz.querySelector("input:checked");
      const answer = answers.find(({ dataset }) => dataset.letter === chosen?.value);
      for (const option of quiz.querySelectorAll(".quiz-option")) {
        delete option.dataset.state;
      }
      if (!answer) return;
      chosen.closest(".quiz-option").dataset.state =
        answer.dataset.right === "1" ? "right" : "wrong";
      said.replaceChildren(answer);
    }
    quiz.addEventListener("change", show);
    addEventListener("beforeprint", () => {
      collect();
      fold.hidden = false;
      fold.open = true;
    });
    addEventListener("afterprint", () => {
      fold.open = false;
      show();
    });
    show();
  }

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll(".quiz").forEach(prepare);
  });
})();
