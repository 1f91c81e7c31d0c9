import JobEngine
import Values

/// What a job would do, as callers are shown it.
struct DryRunRepresentation {
    private let run: DryRun

    init(_ run: DryRun) {
        self.run = run
    }

    var value: Value {
        .members([
            "dry_run": true,
            "outcome": .string((run.error == nil ? Outcome.ok : .declined).rawValue),
            "result": run.error.map { JobResult($0).value },
            "error_code": run.error.map { .string($0.code.rawValue) },
            "error_details": run.error.flatMap { $0.keptDetails.isEmpty ? nil : .map($0.keptDetails) },
            "diff": .string(run.difference),
            "patch": run.patch,
            "commands": .list(run.commands.map(\.shown)),
            "would_lock": .list(run.locks.map { ["name": .string($0.key), "exclusive": .bool($0.isExclusive)] }),
            "next_revision": run.nextRevision.map(Value.int),
        ])
    }
}
