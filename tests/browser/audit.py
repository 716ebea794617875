"""What a person with a screen reader or tired eyes needs, looked for in an open page. Each answers what is wrong."""

from __future__ import annotations

from playwright.sync_api import Page

STRUCTURE = """() => {
  const wrong = [], all = (selector) => [...document.querySelectorAll(selector)];
  const named = (element) => (element.getAttribute('aria-label') || element.closest('label')?.innerText
    || (element.id && document.querySelector(`label[for="${element.id}"]`)?.innerText) || '').trim();
  const say = (what, element) => wrong.push(`${what}: ${element.outerHTML.slice(0, 120)}`);
  if (!document.documentElement.lang) wrong.push('no language');
  if (document.title.split('·')[0].trim().length < 4) wrong.push(`title: ${document.title}`);
  if (all('main').length !== 1) wrong.push('not one main');
  if (all('h1').length !== 1) wrong.push(`${all('h1').length} headings of the first level`);
  let level = 0;
  for (const heading of all('h1, h2, h3, h4')) {
    const next = Number(heading.tagName[1]);
    if (next > level + 1) say(`a heading skips from ${level} to ${next}`, heading);
    level = next;
  }
  const ids = all('[id]').map((element) => element.id);
  for (const id of new Set(ids)) if (ids.filter((other) => other === id).length > 1) wrong.push(`id twice: ${id}`);
  for (const element of all('[aria-labelledby]'))
    if (!document.getElementById(element.getAttribute('aria-labelledby'))) say('label is not there', element);
  for (const element of all('input:not([type=hidden]), textarea, select')) if (!named(element)) say('no label', element);
  for (const element of all('a, button, summary')) if (!element.innerText.trim()) say('no name', element);
  for (const element of all('ul > :not(li), ol > :not(li), dl > :not(dt):not(dd)')) say('not of this list', element);
  for (const element of all('fieldset')) if (!element.querySelector('legend')) say('no legend', element);
  for (const element of all('main button:not(.plain), .pick')) {
    const box = element.getBoundingClientRect();
    if (box.height < 44) say(`${box.height} pixels high`, element);
  }
  if (/maximum-scale|user-scalable/.test(document.querySelector('meta[name=viewport]').content)) wrong.push('no zoom');
  return wrong;
}"""

# WCAG 2.1, 1.4.3: relative luminance, and 4.5 to 1 for text (3 to 1 for large text).
CONTRAST = """() => {
  const parse = (color) => color.match(/[\\d.]+/g).map(Number);
  const light = (rgb) => {
    const [r, g, b] = rgb.map((part) => part / 255).map((c) => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const [r, g, b, alpha = 1] = parse(getComputedStyle(at).backgroundColor);
      if (alpha === 1) return [r, g, b];
    }
    return matchMedia('(prefers-color-scheme: dark)').matches ? [18, 18, 18] : [255, 255, 255];
  };
  const wrong = [], seen = new Set(), walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const look = (element, color, what) => {
    const style = getComputedStyle(element), size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const [one, two] = [light(parse(color).slice(0, 3)), light(ground(element))].sort((a, b) => b - a);
    const ratio = (one + 0.05) / (two + 0.05);
    if (ratio < (large ? 3 : 4.5)) wrong.push(`${ratio.toFixed(2)}: ${what}`);
  };
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement, text = walker.currentNode.textContent.trim();
    if (!text || seen.has(element) || !element.getClientRects().length) continue;
    seen.add(element);
    look(element, getComputedStyle(element).color, text.slice(0, 60));
  }
  for (const element of document.querySelectorAll('[placeholder]'))
    look(element, getComputedStyle(element, '::placeholder').color, `placeholder ${element.placeholder}`);
  return wrong;
}"""


def audit(page: Page) -> list[str]:
    """What is wrong with structure, names and sizes."""
    return page.evaluate(STRUCTURE)


def contrast(page: Page) -> list[str]:
    """Texts that do not stand out enough from what is behind them."""
    return page.evaluate(CONTRAST)
