/** The console: a page that asks for a key and shows what that key may see. */

import { render } from "preact";

import { App } from "./app";
import "uplot/dist/uPlot.min.css";
import "./styles.css";

render(<App />, document.getElementById("console")!);
