import audit from "./audit.json";
import common from "./common.json";
import customers from "./customers.json";
import home from "./home.json";
import identity from "./identity.json";
import imports from "./imports.json";
import notices from "./notices.json";
import organizations from "./organizations.json";
import problems from "./problems.json";
import products from "./products.json";
import projects from "./projects.json";
import shell from "./shell.json";
import stock from "./stock.json";
import tasks from "./tasks.json";
import timesheets from "./timesheets.json";
import trail from "./trail.json";

const catalog = {
  audit,
  common,
  customers,
  home,
  identity,
  imports,
  notices,
  organizations,
  problems,
  products,
  projects,
  shell,
  stock,
  tasks,
  timesheets,
  trail,
};

export type Catalog = typeof catalog;
export default catalog;
