/** One dance. */

import { Screen, fill, h } from "./dom.js";
import { t } from "./words.js";

class DanceScreen extends Screen {
  show() {
    fill(this, h("h1", {}, t("dance.title")));
  }
}

customElements.define("dance-screen", DanceScreen);
