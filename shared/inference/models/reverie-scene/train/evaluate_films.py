"""Judges films of the frozen prompts by what is in the decoded MP4, and by nothing else.

    cargo run --release -p reverie-inference --example film -- --seconds 4 --seed 11 --out films/visitors PROMPTS...
    python evaluate_films.py films [--set visitors …] [--seconds 4] [--sheet sheet.png]

`films/visitors/000`, `films/visitors/001`, … are the films of the prompts of a set (`prompts_blind.py`), in that order; without
films, `--prompts` prints the command's prompts, quoted. Of several sets, the sums of all are told as well. Needs
opencv-python-headless, numpy, scenedetect, and ffprobe.

Every measure was fixed before it was run on these prompts. Cuts are counted by PySceneDetect's adaptive detector as it comes, which is
right for 27 of 30 films of one to four shots that we put together for this. What is "unasked" would be found in films that were not asked
for it, which a good measure does rarely.
"""

import argparse
import json
import shlex
import subprocess
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from pathlib import Path

import cv2
import numpy as np
from scenedetect import AdaptiveDetector, detect

from prompts_blind import SETS, cases, table

RATE = 24
# Frames of this width are looked at.
WIDTH = 320
# Of a colour there has to be this share of the pixels, in half of the frames looked at.
PRESENT = 0.002
# A film whose frames are darker than this on average, 0 to 255, is a night.
DARK = 70
# Hue in degrees, saturation and value in 0 to 1: from, to.
COLOURS = {
    "red": [(345, 375), (0.55, 1), (0.3, 1)],
    "orange": [(16, 42), (0.6, 1), (0.5, 1)],
    "yellow": [(42, 66), (0.55, 1), (0.5, 1)],
    "green": [(85, 165), (0.35, 1), (0.2, 1)],
    "blue": [(200, 250), (0.5, 1), (0.25, 1)],
    "purple": [(250, 300), (0.3, 1), (0.2, 1)],
    "pink": [(300, 350), (0.2, 0.65), (0.5, 1)],
    "brown": [(10, 38), (0.35, 0.8), (0.15, 0.6)],
    "gold": [(36, 52), (0.45, 1), (0.45, 1)],
    "black": [(0, 360), (0, 0.45), (0, 0.2)],
    "white": [(0, 360), (0, 0.15), (0.85, 1)],
    "grey": [(0, 360), (0, 0.2), (0.3, 0.75)],
}
DIRECTIONS = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}


def frames_of(path):
    video, frames = cv2.VideoCapture(str(path)), []
    while True:
        there, frame = video.read()
        if not there:
            return np.array(frames)
        height = round(frame.shape[0] * WIDTH / frame.shape[1])
        frames.append(cv2.resize(frame, (WIDTH, height), interpolation=cv2.INTER_AREA))


def mask(frame, colour):
    hsv = cv2.cvtColor(frame.astype(np.float32) / 255, cv2.COLOR_BGR2HSV)
    (low, high), saturation, value = COLOURS[colour]
    hue = hsv[..., 0]
    inside = ((hue >= low) & (hue <= high)) | ((hue + 360 >= low) & (hue + 360 <= high))
    for channel, (low, high) in ((1, saturation), (2, value)):
        inside &= (hsv[..., channel] >= low) & (hsv[..., channel] <= high)
    return inside


def shows(frames, colour):
    shares = [mask(frame, colour).mean() for frame in frames[::6]]
    return np.median(shares) >= PRESENT


def direction(frames):
    """Where what moves otherwise than most of the picture goes, by optical flow over the whole film."""
    total = np.zeros(2)
    grey = [cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY) for frame in frames[::3]]
    for before, after in zip(grey, grey[1:]):
        flow = cv2.calcOpticalFlowFarneback(before, after, None, 0.5, 4, 21, 3, 7, 1.5, 0)
        flow -= np.median(flow, axis=(0, 1))
        length = np.hypot(flow[..., 0], flow[..., 1])
        strongest = length >= max(np.quantile(length, 0.99), 0.3)
        if strongest.any():
            total += flow[strongest].mean(axis=0)
    if not total.any():
        return None
    return max(DIRECTIONS, key=lambda name: np.dot(DIRECTIONS[name], total))


def is_clean(path, seconds):
    command = ["ffprobe", "-v", "error", "-count_frames", "-select_streams", "v:0", "-of", "json", "-show_streams"]
    probe = subprocess.run([*command, path], capture_output=True, text=True)
    stream = json.loads(probe.stdout)["streams"][0]
    wanted = {"codec_name": "h264", "pix_fmt": "yuv420p", "color_space": "bt709", "nb_read_frames": str(seconds * RATE)}
    return not probe.stderr and all(stream.get(key) == value for key, value in wanted.items())


def cuts(path):
    # A shot may last for less than the half second that is usual.
    return max(0, len(detect(str(path), AdaptiveDetector(min_scene_len=6))) - 1)


def rows_of(clip, case, seconds):
    """(rows, thumb): [(what, holds)] of a film, and a picture of it. Rows with "unasked" are the control."""
    frames, shots, rows = frames_of(clip), case["shots"], [("file", is_clean(clip, seconds))]
    subjects = [subject for shot in shots for subject in shot.get("subjects", ())]
    if len(shots) == 1:
        rows.append(("no cut within a shot", cuts(clip) == 0))
    elif all(shot.get("transition", "cut") == "cut" for shot in shots[1:]):
        rows.append(("as many cuts as were told of", cuts(clip) == len(shots) - 1))
    asked = {subject["colour"] for subject in subjects if "colour" in subject}
    for colour in COLOURS:
        # A shot of several does not last as long as the measure looks.
        if colour in asked and len(shots) == 1:
            rows.append(("colour", shows(frames, colour)))
        elif colour not in asked:
            rows.append(("colour, unasked", shows(frames, colour)))
    moving = [subject["motion"] for subject in subjects if subject.get("motion") in DIRECTIONS]
    if len(moving) == 1 and len(subjects) == 1 and len(shots) == 1:
        rows.append(("motion", direction(frames) == moving[0]))
    time = {shot["time"] for shot in shots if "time" in shot}
    if len(time) == 1 and all("time" in shot for shot in shots):
        dark = np.mean([frame.mean() for frame in frames[::6]]) < DARK
        rows.append(("night or not", dark == (time == {"night"})))
    return rows, frames[len(frames) // 2]


def judge(folder, name, options):
    """(rows, thumbs) of the films of a set."""
    some = cases(name)[: options.first]
    clips = [folder / f"{index:03}" / "clip.mp4" for index in range(len(some))]
    with ProcessPoolExecutor(options.workers) as pool:
        found = list(pool.map(rows_of, clips, some, repeat(options.seconds), chunksize=4))
    return [row for rows, _ in found for row in rows], [thumb for _, thumb in found]


def sheet(thumbs, path):
    cells = [cv2.resize(thumb, (160, 90)) for thumb in thumbs]
    cells += [np.zeros_like(cells[0])] * (-len(cells) % 12)
    rows = [np.hstack(cells[at : at + 12]) for at in range(0, len(cells), 12)]
    cv2.imwrite(str(path), np.vstack(rows))


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("films", type=Path, nargs="?")
    options.add_argument("--prompts", action="store_true", help="print the prompts for the command")
    options.add_argument("--set", choices=SETS, nargs="+", default=["strangers"])
    options.add_argument("--seconds", type=int, default=4)
    options.add_argument("--first", type=int, help="only so many of each set, from its beginning")
    options.add_argument("--workers", type=int, default=2)
    options.add_argument("--report", type=Path)
    options.add_argument("--sheet", type=Path)
    options = options.parse_args()
    if options.prompts:
        print(shlex.join(case["prompt"] for name in options.set for case in cases(name)[: options.first]))
        return
    tables, rows, thumbs = {}, [], []
    for name in options.set:
        some, pictures = judge(options.films / name, name, options)
        tables[name] = table(some)
        rows, thumbs = rows + some, thumbs + pictures
    if len(tables) > 1:
        tables[" and ".join(tables)] = table(rows)
    print(json.dumps(tables, indent=1))
    if options.report:
        report = json.loads(options.report.read_text()) if options.report.exists() else {}
        options.report.write_text(json.dumps({**report, **tables}, indent=1) + "\n")
    if options.sheet:
        sheet(thumbs, options.sheet)


if __name__ == "__main__":
    main()
