// Opens pages of runs in a headless Chromium, as a reader would: `node report_page.mjs MODULES PAGE...`, where MODULES is a folder into which
// `playwright-core` and `axe-core` are installed. Checks what a browser alone can tell; well-formedness and numbers are tested in Rust.
import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [modules, ...pages] = process.argv.slice(2);
const require = createRequire(resolve(modules, "package.json"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const MOST_BYTES = 3e6;
const MOST_MILLISECONDS = 2000;
// Widths of the text on A4 and on Letter paper within the margins of the page, CSS pixels.
const PAPER_WIDTHS = { A4: 702, Letter: 725 };

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });

// A page whose faults on the console and requests beyond the file itself are noted.
async function opened(file, options) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const faults = [];
  page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  page.on("pageerror", (error) => faults.push(String(error)));
  const url = pathToFileURL(resolve(file)).href;
  page.on("request", (request) => request.url() !== url && !request.url().startsWith("data:") && faults.push(`request: ${request.url()}`));
  await page.goto(url, { waitUntil: "load" });
  return { context, page, faults };
}

const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

async function accessible(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run({ resultTypes: ["violations"] }));
  const serious = violations.filter((found) => ["serious", "critical"].includes(found.impact));
  assert.deepEqual(serious.map((found) => [found.id, found.nodes.map((node) => node.target.join(" "))]), []);
  return violations.map((found) => found.id);
}

async function sorts(page) {
  const first = () => page.evaluate(() => document.querySelector(".policies tbody").rows[0].cells[1].dataset.key);
  const keys = await page.evaluate(() => [...document.querySelector(".policies tbody").rows].map((row) => Number(row.cells[1].dataset.key)));
  const header = page.locator(".policies thead th").nth(1);
  await header.locator("button").click();
  assert.equal(await header.getAttribute("aria-sort"), "descending");
  assert.equal(Number(await first()), Math.max(...keys));
  // By keyboard, the other way round.
  await header.locator("button").focus();
  await page.keyboard.press("Enter");
  assert.equal(await header.getAttribute("aria-sort"), "ascending");
  assert.equal(Number(await first()), Math.min(...keys));
  await page.locator(".policies thead th").nth(0).locator("button").click();
  assert.equal(await page.locator(".policies [aria-sort]").count(), 1);
}

async function switches(page) {
  const shown = () => page.locator("#uses .choice:visible").evaluateAll((choices) => choices.map((choice) => choice.dataset.choice));
  const inputs = page.locator("#uses .switch input");
  const n = await inputs.count();
  assert.deepEqual((await shown()).length, 1);
  await inputs.nth(n - 1).check();
  assert.deepEqual(await shown(), [String(n)]);
  await inputs.nth(0).check();
  assert.deepEqual(await shown(), ["1"]);
}

async function prints(page) {
  const texts = await page.evaluate(() => document.querySelectorAll("figure").length);
  await page.emulateMedia({ media: "print" });
  for (const [format, width] of Object.entries(PAPER_WIDTHS)) {
    await page.setViewportSize({ width, height: 1000 });
    const cut = await page.evaluate(() => [...document.querySelectorAll("table, svg, pre")]
      .filter((element) => element.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
      .map((element) => element.outerHTML.slice(0, 60)));
    assert.deepEqual(cut, [], `cut on ${format}`);
    assert.equal(await page.locator("figure:visible").count(), texts, "every chart is printed");
    const pdf = await page.pdf({ format, preferCSSPageSize: false, printBackground: true });
    assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");
  }
}

for (const file of pages) {
  const { size } = statSync(file);
  assert.ok(size <= MOST_BYTES, `${file} has ${size} bytes`);
  let milliseconds = 0;
  const minor = new Set();
  for (const colorScheme of ["light", "dark"]) {
    for (const width of [768, 1440]) {
      const { context, page, faults } = await opened(file, { colorScheme, viewport: { width, height: 900 } });
      milliseconds = Math.max(milliseconds, await page.evaluate(() => performance.getEntriesByType("navigation")[0].loadEventEnd));
      assert.ok((await overflow(page)) <= 0, `${file} overflows at ${width}`);
      (await accessible(page)).forEach((id) => minor.add(id));
      await sorts(page);
      await switches(page);
      assert.ok((await overflow(page)) <= 0);
      if (width === 1440 && colorScheme === "light") await prints(page);
      assert.deepEqual(faults, []);
      await context.close();
    }
  }
  assert.ok(milliseconds <= MOST_MILLISECONDS, `${file} takes ${milliseconds} ms`);
  const plain = await opened(file, { javaScriptEnabled: false });
  const figures = plain.page.locator("figure");
  assert.equal(await plain.page.locator("figure:visible").count(), await figures.count(), "without scripts every chart shows");
  await plain.context.close();
  console.log(`${file}: ${(size / 1e6).toFixed(2)} MB, loads in ${Math.round(milliseconds)} ms, lesser findings: ${[...minor].join(", ") || "none"}`);
}
await browser.close();
