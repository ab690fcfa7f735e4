// Makes a screenshot small: a PNG of at most 256 colours. Pages are flat and printed, so hardly anything is lost.
import { deflateSync, inflateSync } from "node:zlib";

const SIGNATURE = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
const COLOURS_MAX = 256;
// Colours that differ in the lowest bits only are counted as one.
const COARSE_BITS = 2;

const chunks = function* (png) {
  for (let at = SIGNATURE.length; at < png.length; ) {
    const length = png.readUInt32BE(at);
    yield { type: png.toString("latin1", at + 4, at + 8), data: png.subarray(at + 8, at + 8 + length) };
    at += length + 12;
  }
};

const paeth = (left, up, corner) => {
  const guess = left + up - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
};

// The pixels of a PNG with eight bits a channel, three bytes each.
const read = (png) => {
  let header;
  const packed = [];
  for (const { type, data } of chunks(png)) {
    if (type === "IHDR") header = data;
    if (type === "IDAT") packed.push(data);
  }
  const [width, height, kind] = [header.readUInt32BE(0), header.readUInt32BE(4), header[9]];
  const size = { 2: 3, 6: 4 }[kind];
  if (header[8] !== 8 || !size) throw new Error("only screenshots of 24 or 32 bits are read");
  const raw = inflateSync(Buffer.concat(packed));
  const stride = width * size;
  const pixels = Buffer.alloc(width * height * 3);
  let [line, before] = [Buffer.alloc(stride), Buffer.alloc(stride)];
  for (let y = 0; y < height; y++) {
    const start = y * (stride + 1);
    const filter = raw[start];
    for (let x = 0; x < stride; x++) {
      const left = x < size ? 0 : line[x - size];
      const corner = x < size ? 0 : before[x - size];
      const guess = [0, left, before[x], (left + before[x]) >> 1, paeth(left, before[x], corner)][filter];
      line[x] = raw[start + 1 + x] + guess;
    }
    for (let x = 0; x < width; x++) line.copy(pixels, (y * width + x) * 3, x * size, x * size + 3);
    [line, before] = [before, line];
  }
  return { width, height, pixels };
};

const bucket = (r, g, b) => ((r >> COARSE_BITS) << 16) | ((g >> COARSE_BITS) << 8) | (b >> COARSE_BITS);

// Counts colours, coarsely; each knows the sum of what it stands for.
const histogram = (pixels) => {
  const counted = new Map();
  for (let at = 0; at < pixels.length; at += 3) {
    const [r, g, b] = [pixels[at], pixels[at + 1], pixels[at + 2]];
    const key = bucket(r, g, b);
    const known = counted.get(key);
    if (known) {
      known.count++;
      known.sum[0] += r;
      known.sum[1] += g;
      known.sum[2] += b;
    } else {
      counted.set(key, { key, count: 1, sum: [r, g, b] });
    }
  }
  return [...counted.values()];
};

const mean = (colour, channel) => colour.sum[channel] / colour.count;

// How far a box reaches, and along which channel.
const reach = (box) => {
  const spans = [0, 1, 2].map((channel) => {
    let [least, most] = [255, 0];
    for (const colour of box) {
      least = Math.min(least, mean(colour, channel));
      most = Math.max(most, mean(colour, channel));
    }
    return most - least;
  });
  const span = Math.max(...spans);
  return { box, span, channel: spans.indexOf(span) };
};

// Median cut: the box that reaches furthest is split until there are enough.
const boxes = (colours) => {
  const all = [reach(colours)];
  while (all.length < COLOURS_MAX) {
    const widest = all.reduce((best, one) => (one.span > best.span ? one : best));
    if (widest.span === 0) break;
    const { box, channel } = widest;
    box.sort((a, b) => mean(a, channel) - mean(b, channel));
    const middle = (mean(box[0], channel) + mean(box[box.length - 1], channel)) / 2;
    const cut = Math.max(1, box.findIndex((colour) => mean(colour, channel) > middle));
    all.splice(all.indexOf(widest), 1, reach(box.slice(0, cut)), reach(box.slice(cut)));
  }
  return all.map(({ box }) => box);
};

const TABLE = Int32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n;
});
const crc = (data) => {
  let sum = -1;
  for (const byte of data) sum = TABLE[(sum ^ byte) & 255] ^ (sum >>> 8);
  return (sum ^ -1) >>> 0;
};
const chunk = (type, data) => {
  const named = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc(named));
  return Buffer.concat([length, named, check]);
};

export const small = (png) => {
  const { width, height, pixels } = read(png);
  const palette = boxes(histogram(pixels));
  const places = new Map();
  const colours = Buffer.alloc(palette.length * 3);
  palette.forEach((box, place) => {
    const total = box.reduce((sum, colour) => sum + colour.count, 0);
    for (const channel of [0, 1, 2]) {
      colours[place * 3 + channel] = Math.round(box.reduce((sum, colour) => sum + colour.sum[channel], 0) / total);
    }
    for (const { key } of box) places.set(key, place);
  });
  const lines = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 3;
      lines[y * (width + 1) + 1 + x] = places.get(bucket(pixels[at], pixels[at + 1], pixels[at + 2]));
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const packed = deflateSync(lines, { level: 9 });
  return Buffer.concat([SIGNATURE, chunk("IHDR", header), chunk("PLTE", colours), chunk("IDAT", packed), chunk("IEND", Buffer.alloc(0))]);
};
