// All that holds in a real browser: `make browser`, or a part of it by ONLY="keys|rival".
import "./paying.mjs";
import "./transfers.mjs";
import "./buying.mjs";
import "./rivals.mjs";
import "./keys.mjs";
import "./faults.mjs";
import "./pages.mjs";
import "./organisers.mjs";
import "./sales.mjs";
import "./halls.mjs";
import "./events.mjs";
import "./gates.mjs";
import "./staff.mjs";
import "./lines.mjs";
import "./streams.mjs";
import "./mailbox.mjs";
import { run } from "./harness/test.mjs";

run();
