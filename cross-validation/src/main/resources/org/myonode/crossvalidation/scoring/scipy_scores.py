"""The scores of MaskScores.java with NumPy and SciPy, written independently of it: the reference and the opponent.

Usage: scipy_scores.py METHOD FILE PAIRS ROWS COLUMNS ROW_MM COLUMN_MM PROCESSES WARM_UP

FILE holds PAIRS pairs of masks, one bit a pixel, lowest bit first. METHOD is
  exact    marching-squares outlines, exact distances by a k-d tree: the definition of MaskScores.java
  edt      the usual recipe: outline pixels by erosion, Euclidean distance transform in the common box
Prints one line of nine scores for each pair, nan for what does not exist, then "seconds S" for the pairs alone: without
reading, starting processes and WARM_UP pairs.
"""
import multiprocessing
import sys
import time

import numpy as np
from scipy.ndimage import binary_erosion, distance_transform_edt
from scipy.spatial import cKDTree

T, B, L, R = (0.5, 0.0), (0.5, 1.0), (0.0, 0.5), (1.0, 0.5)
TABLE = np.full((16, 2, 4), np.nan)
for codes, segments in {
    (8, 7): [T + L], (4, 11): [T + R], (2, 13): [B + L], (1, 14): [B + R],
    (12, 3): [L + R], (10, 5): [T + B], (9,): [T + L, B + R], (6,): [T + R, B + L],
}.items():
    for code in codes:
        TABLE[code, :len(segments)] = segments


def segments_of(mask, spacing):
    padded = np.pad(mask, 1).astype(np.uint8)
    code = 8 * padded[:-1, :-1] + 4 * padded[:-1, 1:] + 2 * padded[1:, :-1] + padded[1:, 1:]
    row, column = np.nonzero((code > 0) & (code < 15))
    segments = TABLE[code[row, column]] + np.stack([column, row, column, row], -1)[:, None, :]
    segments = segments.reshape(-1, 4)
    return segments[~np.isnan(segments[:, 0])] * [spacing[1], spacing[0], spacing[1], spacing[0]]


def to_segments(points, segments):
    a, d = segments[..., :2], segments[..., 2:] - segments[..., :2]
    t = np.clip(((points - a) * d).sum(-1) / (d * d).sum(-1), 0, 1)
    return np.sqrt((((points - a) - t[..., None] * d) ** 2).sum(-1))


def directed(source, target):
    points = (source[:, :2] + source[:, 2:]) / 2
    length = np.hypot(*(source[:, 2:] - source[:, :2]).T)
    tree = cKDTree((target[:, :2] + target[:, 2:]) / 2)
    half = np.hypot(*(target[:, 2:] - target[:, :2]).T).max() / 2
    distance = np.empty(len(points))
    open_points = np.arange(len(points))
    k = 8
    while len(open_points):
        k = min(k, len(target))
        middle, index = tree.query(points[open_points], k)
        middle, index = middle.reshape(-1, k), index.reshape(-1, k)
        nearest = to_segments(points[open_points][:, None], target[index]).min(1)
        distance[open_points] = nearest
        # A segment whose middle is farther than this cannot be nearer.
        unsure = nearest > middle[:, -1] - half
        open_points = open_points[unsure] if k < len(target) else open_points[:0]
        k *= 4
    return distance, length


def quantile(distance, length, share):
    order = np.argsort(distance, kind="stable")
    reached = np.cumsum(length[order])
    return distance[order][np.searchsorted(reached, share * reached[-1] * (1 - 1e-12))]


def overlap(reference, test, spacing):
    n, m, both = reference.sum(), test.sum(), (reference & test).sum()
    area = (int(m) - int(n)) * spacing[0] * spacing[1] / 100
    if n + m == 0:
        return [1, 1, 0, 0, 0, 1, 1, 1, 0], True
    scores = [2 * both / (n + m), both / (n + m - both), np.nan, np.nan, np.nan, 0, 0, 0, area]
    return scores, n == 0 or m == 0


def exact(reference, test, spacing):
    scores, done = overlap(reference, test, spacing)
    if done:
        return scores
    one, other = segments_of(reference, spacing), segments_of(test, spacing)
    (d1, w1), (d2, w2) = directed(one, other), directed(other, one)
    d, w = np.concatenate([d1, d2]), np.concatenate([w1, w2])
    scores[2] = np.sqrt((w * d * d).sum() / w.sum())
    scores[3] = (w * d).sum() / w.sum()
    scores[4] = max(quantile(d1, w1, 0.95), quantile(d2, w2, 0.95))
    scores[5:8] = [w[d <= mm + 1e-9].sum() / w.sum() for mm in (1, 2, 3)]
    return scores


def edt(reference, test, spacing):
    scores, done = overlap(reference, test, spacing)
    if done:
        return scores
    rows, columns = np.nonzero(reference | test)
    box = np.s_[max(0, rows.min() - 1):rows.max() + 2, max(0, columns.min() - 1):columns.max() + 2]
    reference, test = reference[box], test[box]
    one, other = reference & ~binary_erosion(reference), test & ~binary_erosion(test)
    d1 = distance_transform_edt(~other, sampling=spacing)[one]
    d2 = distance_transform_edt(~one, sampling=spacing)[other]
    d = np.concatenate([d1, d2])
    scores[2], scores[3] = np.sqrt((d * d).mean()), d.mean()
    scores[4] = max(np.percentile(d1, 95), np.percentile(d2, 95))
    scores[5:8] = [(d <= mm + 1e-9).mean() for mm in (1, 2, 3)]
    return scores


def one_pair(index):
    return METHOD(MASKS[index, 0], MASKS[index, 1], SPACING)


if __name__ == "__main__":
    METHOD = {"exact": exact, "edt": edt}[sys.argv[1]]
    pairs, rows, columns = map(int, sys.argv[3:6])
    SPACING = tuple(map(float, sys.argv[6:8]))
    processes, warm_up = map(int, sys.argv[8:10])
    bits = np.fromfile(sys.argv[2], np.uint8).reshape(pairs * 2, -1)
    MASKS = np.unpackbits(bits, 1, rows * columns, "little").reshape(pairs, 2, rows, columns).astype(bool)
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        pool.map(one_pair, range(min(warm_up, pairs)), 1)
        start = time.perf_counter()
        results = pool.map(one_pair, range(pairs), 8)
        seconds = time.perf_counter() - start
    for scores in results:
        print(*[repr(float(score)) for score in scores])
    print("seconds", seconds)
