// Colours that keep to what they stand for.

const [bright, all] = [12, 18]; // classes tone-0 to tone-17 of the style sheet; the last are for when the others do not do

// palette gives labels their tones: each has one by its name, or the next that no other label has which is shown with it, and
// keeps it. of(label) is a tone; see(labels) says what is shown together from now on.
export function palette() {
  const given = new Map();
  return {
    see(labels) {
      const taken = new Set();
      for (const label of labels) if (given.has(label)) taken.add(given.get(label));
      for (const label of labels) {
        if (given.has(label)) continue;
        const first = hash(label) % bright;
        const choice = Array.from({ length: all }, (_, i) => i < bright ? (first + i) % bright : i);
        const tone = choice.find((one) => !taken.has(one)) ?? first;
        taken.add(tone);
        given.set(label, tone);
      }
      if (given.size > 1000) for (const label of given.keys()) if (given.size > 500 && !labels.includes(label)) given.delete(label);
    },
    of: (label) => given.get(label) ?? hash(label) % bright,
  };
}

// hash is FNV-1a over the text's code units.
function hash(text) {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return (h ^ (h >>> 15)) >>> 0;
}

// still reports whether nothing is to move by itself.
export const still = () => matchMedia('(prefers-reduced-motion: reduce)').matches;
