// How busy the cluster is, in two pictures of its newest jobs.

import { h, put } from "../dom.js";
import { duration } from "../words.js";
import { chart, durations, steps } from "./chart.js";
import { failures } from "./state.js";

/** Draws how many were open at a time, and how long they took. */
export function busy(place, jobs) {
    if (jobs.length < 2) return void put(place);
    const now = Date.now();
    const from = Math.min(...jobs.map((job) => Date.parse(job.submitted_at)));
    const { depth, peak, open } = depthOf(jobs, from, now);
    const ended = jobs.filter((job) => job.ended_at);
    const dots = ended.map((job) => [
        Date.parse(job.ended_at),
        Date.parse(job.ended_at) - Date.parse(job.submitted_at),
        failures.includes(job.outcome) ? "bad" : job.outcome === "ok" ? "good" : "off",
        `${job.type} ${job.job_id}: ${job.outcome}`,
    ]);
    const sorted = dots.map((dot) => dot[1]).sort((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
    put(place,
        h(
            "div",
            { class: "card" },
            chart({
                title: "Open jobs",
                note: `${peak} at once at most, among the newest ${jobs.length}`,
                height: 130,
                label: `Open jobs over time: at most ${peak} at once, ${open} now`,
                draw: steps(depth, { from, to: now, height: 130 }),
            }),
        ),
        h(
            "div",
            { class: "card" },
            chart(
                {
                    title: "How long jobs took",
                    note: `half of them ${duration(median)} or less; diamonds failed`,
                    height: 130,
                    label: `Durations of ${ended.length} jobs: median ${duration(median)}, `
                        + `longest ${duration(sorted.at(-1))}, ${dots.filter((dot) => dot[2] === "bad").length} failed`,
                    draw: durations(dots, { from, to: now, height: 130 }),
                },
            ),
        ));
}

/** How many of the jobs were open: the most in each of many short spans, as [time, count]. */
function depthOf(jobs, from, to) {
    const bins = new Array(120).fill(0);
    const width = (to - from) / bins.length;
    const bin = (at) => Math.min(bins.length - 1, Math.floor((at - from) / width));
    const changes = jobs
        .flatMap(
            (job) => [[Date.parse(job.submitted_at), 1], ...(job.ended_at ? [[Date.parse(job.ended_at), -1]] : [])],
        )
        .sort((a, b) => a[0] - b[0] || b[1] - a[1]);
    let open = 0;
    changes.forEach(([at, change], place) => {
        open += change;
        const until = changes[place + 1]?.[0] ?? to;
        for (let one = bin(at); one <= bin(until); one++) bins[one] = Math.max(bins[one], open);
    });
    return { depth: bins.map((count, one) => [from + one * width, count]), peak: Math.max(...bins), open };
}
