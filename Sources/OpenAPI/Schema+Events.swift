import Application
import JobEngine
package import Values

extension Schema {
    /// What is answered about events.
    package static let events: [String: Value] = [
        "Event": event, "EventPage": eventPage, "EventReset": eventReset,
    ]

    private static let event = reply(
        "Something that happened. Which members there are depends on the type; types may be added in time.",
        needs: ["id", "seq", "time", "type"],
        [
            "id": text("The place behind it: give it back to go on from there."),
            "seq": int("Its number: one more than that of the event before it."),
            "time": time("When it was told."), "type": openWord(Event.types, "What happened."),
            "job_id": text("The job it is about, or that made the revision."), "job_type": text("The job's type."),
            "user": text("Who asked for the job, or made the change."),
            "stage": openWord(Stage.allCases.map(\.rawValue), "The stage a job entered."),
            "outcome": openWord(Outcome.allCases.map(\.rawValue), "How a job ended."),
            "error_code": text("The code of the error a job ended with."),
            "waiting_for": list(ref("JobObstacle"), "What a job has to wait for."),
            "progress": ref("JobProgress"),
            "revision": int("The revision that was decided."), "node": int("The node it is about."),
            "state": text("The state of the node."), "name": text("The name of the master."),
            "address": text("The address of the master."), "db_name": text("The database that ended."),
            "at": time("When the database ended."), "cause": text("What is known of the reason."),
            "finding_id": text("The finding that was raised or cleared."), "code": text("Its kind."),
            "object": text("What it is about."), "since": time("Since when it holds."),
            "severity": openWord(Finding.Severity.allCases.map(\.rawValue), "How grave it is."),
        ], example: Examples.event)

    private static let eventPage = reply(
        "Events in their order, and where to go on.", needs: ["items", "next_after"],
        [
            "items": list(ref("Event")), "next_after": text("Give it back as 'after' to go on."),
            "reset": ref("EventReset"),
        ], example: ["items": [Examples.event], "next_after": "7.48213"])

    private static let eventReset = reply(
        "Events were missed: read the state of things anew, then go on.", needs: ["reason", "resume_at"],
        [
            "reason": openWord(EventReset.Reason.allCases.map(\.rawValue), "What came between."),
            "resume_at": text("Where to go on."),
        ])
}

extension Examples {
    /// One event.
    package static let event: Value = [
        "id": "7.48213", "seq": 48213, "time": "2026-01-02T03:04:05.678Z", "type": "job.stage", "job_id": "11.89",
        "job_type": "db_start", "user": "admin", "stage": "executed",
    ]
}
