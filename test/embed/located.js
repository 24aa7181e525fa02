/** As page.js, where the page says where the modules and the worker are. */
import { locateFiles } from "wasmlp";

const modules = document.querySelector('meta[name="modules"]')?.getAttribute("content") ?? "";
locateFiles((file) => (file === "worker.js" ? "/static/worker.js" : `${modules}${file}`));

await import("./page.js");
