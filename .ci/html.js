// Looks at pages with a real browser, and with axe-core: node .ci/html.js CHROMIUM AXE WORK PAGE…
//
// Each page is opened in three widths and two colour schemes, with scripts turned off: nothing may be
// wider than the window, and nothing may leave the page. Then axe-core, which needs scripts, is run
// past the page's own policy and may find no violation. What is said last is how many checks held.
// With SHOTS, screenshots of the first page are written there instead.
'use strict';
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { pathToFileURL } = require('node:url');

const WIDTHS = [375, 1024, 1600];
const SCHEMES = ['light', 'dark'];
const [chromium, axePath, work, ...pages] = process.argv.slice(2);
const shots = process.env.SHOTS;

class Browser {
  static async start() {
    const profile = path.join(work, 'profile');
    const child = spawn(chromium, [
      '--headless=new', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync',
      '--force-color-profile=srgb', '--font-render-hinting=none',
      `--user-data-dir=${profile}`, '--remote-debugging-port=0', 'about:blank',
    ], { stdio: ['ignore', 'ignore', 'pipe'] });
    const address = await new Promise((resolve, reject) => {
      let said = '';
      child.stderr.on('data', (data) => {
        said += data;
        const found = said.match(/DevTools listening on (ws:\S+)/);
        if (found) resolve(found[1]);
      });
      child.on('exit', (code) => reject(new Error(`chromium ended with ${code}:\n${said}`)));
    });
    const browser = new Browser();
    browser.child = child;
    browser.next = 1;
    browser.waiting = new Map();
    browser.heard = [];
    browser.socket = new WebSocket(address);
    await new Promise((resolve, reject) => {
      browser.socket.onopen = resolve;
      browser.socket.onerror = () => reject(new Error(`no connection to ${address}`));
    });
    browser.socket.onmessage = ({ data }) => browser.hear(JSON.parse(data));
    return browser;
  }

  hear(message) {
    if (message.id) {
      const { resolve, reject, method } = this.waiting.get(message.id);
      this.waiting.delete(message.id);
      if (message.error) reject(new Error(`${method}: ${message.error.message}`));
      else resolve(message.result);
      return;
    }
    this.heard = this.heard.filter((listener) => !listener(message));
  }

  call(method, params = {}, sessionId) {
    const id = this.next++;
    const answer = new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject, method }));
    this.socket.send(JSON.stringify({ id, method, params, sessionId }));
    return answer;
  }

  // The next event of a session that is called so.
  event(method, sessionId) {
    return new Promise((resolve) => this.heard.push((message) => {
      const is = message.method === method && message.sessionId === sessionId;
      if (is) resolve(message.params);
      return is;
    }));
  }

  async open() {
    const { targetId } = await this.call('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await this.call('Target.attachToTarget', { targetId, flatten: true });
    const tab = {
      call: (method, params) => this.call(method, params, sessionId),
      event: (method) => this.event(method, sessionId),
      close: () => this.call('Target.closeTarget', { targetId }),
      requests: [],
      faults: [],
    };
    this.heard.push((message) => {
      if (message.sessionId !== sessionId) return false;
      if (message.method === 'Network.requestWillBeSent') tab.requests.push(message.params.request.url);
      if (message.method === 'Log.entryAdded') tab.faults.push(message.params.entry.text);
      return false;
    });
    for (const domain of ['Page', 'Network', 'Log', 'Runtime']) await tab.call(`${domain}.enable`);
    return tab;
  }

  async stop() {
    const gone = new Promise((resolve) => this.child.on('exit', resolve));
    await this.call('Browser.close').catch(() => this.child.kill());
    await gone;
  }
}

async function look(tab, width, scheme) {
  await tab.call('Emulation.setDeviceMetricsOverride', { width, height: 900, deviceScaleFactor: 1, mobile: width < 500 });
  await tab.call('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] });
}

async function load(tab, url) {
  const loaded = tab.event('Page.loadEventFired');
  await tab.call('Page.navigate', { url });
  await loaded;
}

async function evaluate(tab, expression) {
  const { result, exceptionDetails } = await tab.call('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  return result.value;
}

// The page as a reader has it: without scripts, without the network.
async function plain(browser, url, faults) {
  let held = 0;
  for (const width of WIDTHS) {
    for (const scheme of SCHEMES) {
      const tab = await browser.open();
      await tab.call('Emulation.setScriptExecutionDisabled', { value: true });
      await look(tab, width, scheme);
      await load(tab, url);
      const where = `${path.basename(url)}, ${width} px, ${scheme}`;
      const { cssContentSize } = await tab.call('Page.getLayoutMetrics');
      if (cssContentSize.width > width) faults.push(`${where}: is ${cssContentSize.width} px wide`);
      const others = tab.requests.filter((request) => request.split('#')[0] !== url);
      if (others.length > 0) faults.push(`${where}: requests ${others.join(', ')}`);
      if (tab.faults.length > 0) faults.push(`${where}: the browser says ${tab.faults.join('; ')}`);
      await tab.close();
      held += 3;
    }
  }
  return held;
}

// What axe-core finds, with everything unfolded.
async function axe(browser, url, source, faults) {
  let held = 0;
  for (const scheme of SCHEMES) {
    for (const width of [WIDTHS[0], WIDTHS[2]]) {
      const tab = await browser.open();
      await tab.call('Page.setBypassCSP', { enabled: true });
      await look(tab, width, scheme);
      await load(tab, url);
      await evaluate(tab, source);
      await evaluate(tab, 'for (const it of document.querySelectorAll("details")) it.open = true');
      const { violations, passes } = await evaluate(tab, `axe.run(document, { resultTypes: ['violations'] }).then(({ violations, passes }) => ({
        passes: passes.length,
        violations: violations.map((it) => it.id + ': ' + it.help + ' at ' + it.nodes.slice(0, 3).map((node) => node.target + ' ' + (node.failureSummary || '')).join(', ')),
      }))`);
      if (passes === 0) faults.push(`${url}: axe-core looked at nothing`);
      faults.push(...violations.map((it) => `${path.basename(url)}, ${width} px, ${scheme}: ${it}`));
      held += passes;
      await tab.close();
    }
  }
  return held;
}

async function shoot(browser, url, file, width, scheme) {
  const tab = await browser.open();
  await look(tab, width, scheme);
  await load(tab, url);
  const { cssContentSize } = await tab.call('Page.getLayoutMetrics');
  const clip = { x: 0, y: 0, width, height: Math.min(cssContentSize.height, 1600), scale: 1 };
  const { data } = await tab.call('Page.captureScreenshot', { format: 'png', clip, captureBeyondViewport: true });
  fs.writeFileSync(file, Buffer.from(data, 'base64'));
  await tab.close();
}

async function main() {
  const browser = await Browser.start();
  const faults = [];
  let held = 0;
  try {
    const urls = pages.map((page) => (page.includes('://') ? page : pathToFileURL(page).href));
    if (shots) {
      for (const [width, scheme] of [[1024, 'light'], [1024, 'dark'], [375, 'light']]) {
        await shoot(browser, urls[0], path.join(shots, `report-${width}-${scheme}.png`), width, scheme);
      }
      return;
    }
    const source = fs.readFileSync(axePath, 'utf8');
    for (const url of urls) {
      held += await plain(browser, url, faults);
      held += await axe(browser, url, source, faults);
    }
  } finally {
    await browser.stop();
  }
  if (faults.length > 0) {
    console.error(faults.join('\n'));
    process.exitCode = 1;
  }
  console.log(`${held} passed, ${faults.length} failed`);
}

main().catch((why) => {
  console.error(why.message);
  process.exitCode = 1;
});
