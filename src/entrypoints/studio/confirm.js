/** Ask before something is deleted. */

import { fill, h } from "./dom.js";
import { t } from "./words.js";

/**
 * @param {string} question
 * @param {string} action the word on the button that does it
 * @returns {Promise<boolean>} true if the person agrees
 */
export function confirmed(question, action) {
  const dialog = h("dialog", { "aria-labelledby": "question" });
  fill(dialog, h("form", { method: "dialog" }, h("p", { id: "question" }, question), h("div", { class: "actions" }, h("button", { value: "no", autofocus: true }, t("confirm.no")), h("button", { value: "yes", class: "danger" }, action))));
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => {
    dialog.remove();
    resolve(dialog.returnValue === "yes");
  }));
}
