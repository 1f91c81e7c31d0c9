import HTTPTypes
import JobEngine

extension ErrorTable {
    static func entry(_ code: JobError.Code) -> Entry {
        switch code {
        case .jobFailed, .jobTimedOut, .jobCancelled, .jobLost, .jobNotFinished, .unsupported, .internal:
            entry(ending: code)
        case .jobTypeUnknown, .permissionDenied, .parameterMissing, .parameterUnknown, .parameterInvalid,
            .idempotencyKeyReused, .idempotencyKeyInUse:
            entry(request: code)
        case .answerUnavailable, .answerGone: entry(answer: code)
        case .storeUnavailable, .outcomeUnknown: entry(store: code)
        case .jobNotFound, .jobExpired, .jobNotCancellable, .objectExists, .objectMissing, .objectBusy,
            .revisionConflict, .preconditionRequired, .revisionNotFound, .configurationModified:
            entry(object: code)
        case .queueFull, .tooManyWaits, .draining, .shuttingDown, .noMaster, .noQuorum, .behind, .syncIncomplete:
            entry(service: code)
        case .dependencyFailed, .jobNotQueued, .jobNotRepeatable, .ruleNotFound: entry(queue: code)
        case .outOfSpace, .archiveUnreachable, .archiveDenied, .archiveHostKey: entry(place: code)
        }
    }

    /// Why a long answer of a command cannot be had.
    private static func entry(answer code: JobError.Code) -> Entry {
        code == .answerGone
            ? row(
                .job(code), .gone, title: "The answer is no longer kept",
                cause: "Answers too long for a job's record are files that give way to newer ones after some days.",
                cure: "Submit the job again if its answer is still wanted.")
            : row(
                .job(.answerUnavailable), .serviceUnavailable, title: "The answer cannot be had now", exit: 5,
                retry: true,
                cause: "The node that has it is away or did not answer, or too many answers are on their way.",
                cure: "Send the request again later. GET /cluster says which nodes are away.")
    }

    /// What the store of jobs, or the log of the cluster, did not do.
    private static func entry(store code: JobError.Code) -> Entry {
        code == .outcomeUnknown
            ? row(
                .job(code), .gatewayTimeout, title: "Nobody knows yet whether it was taken", exit: 5,
                cause: "What was sent is on its way to the log, or in it, and the node cannot find out now.",
                cure:
                    "Send it again with the same Idempotency-Key, which gets what was taken; without one, look whether it was "
                    + "taken first.")
            : row(
                .job(.storeUnavailable), .serviceUnavailable, title: "The job store cannot be used now", exit: 5,
                retry: true,
                cause:
                    "Its disk or file does not do what it is asked; the daemon's log names the cause. Nothing was taken.",
                cure: "Send the request again later. The daemon tries again by itself.")
    }

    /// What was wrong with the place content was to go to, or come from.
    private static func entry(place code: JobError.Code) -> Entry {
        switch code {
        case .archiveUnreachable:
            row(
                .job(code), .conflict, title: "The archive cannot be reached", retry: true,
                cause: "The store of an archive volume gave no answer, or there is none at its address.",
                cure: "Check the volume's URL, the network and the store; remote_volume_state tries it.")
        case .archiveDenied:
            row(
                .job(code), .conflict, title: "The archive refuses its credentials",
                cause: "The store of an archive volume does not accept its user name, password or key.",
                cure: "Add the volume anew with credentials that may read and write there.")
        case .archiveHostKey:
            row(
                .job(code), .conflict, title: "The archive's host does not prove who it is",
                cause: "The host of an SFTP volume shows another key than the one that is kept, or none is kept.",
                cure: "Ask the host's administrator for its fingerprint, and give that to remote_volume_set_host_key.")
        default:
            row(
                .job(.outOfSpace), HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage"),
                title: "There is too little space", exit: 5, retry: true,
                cause: "A volume or a file system cannot hold what was to be written.",
                cure: "Make room, or enlarge what the detail names, then submit the job again.")
        }
    }

    /// How a job ended.
    private static func entry(ending code: JobError.Code) -> Entry {
        switch code {
        case .jobFailed:
            row(
                .job(code), .ok, title: "The job failed",
                cause: "The job, or a command of it, reported an error; what it had done was taken back.",
                cure: "Read the job's result and the output of its commands.")
        case .jobTimedOut:
            row(
                .job(code), .ok, title: "The job did not end in time", retry: true,
                cause: "A command, or the whole job, took longer than it was given.",
                cure: "Read the output of its commands, then submit the job again with more time.")
        case .jobCancelled:
            row(
                .job(code), .ok, title: "The job was cancelled", cause: "Somebody asked for it to stop.",
                cure: "The job's record says who and why. Submit it again if it is still wanted.")
        case .jobLost:
            row(
                .job(code), .ok, title: "What the job did is unknown",
                cause: "The node that ran it is gone for good.", cure: "Look at what it was to change, then decide.")
        case .jobNotFinished:
            row(
                .job(code), .accepted, title: "The job has not ended", exit: 3, retry: true,
                cause: "The result was asked for before there was one.", cure: "Ask again, or wait with '?wait=30s'.")
        case .unsupported:
            row(
                .job(code), .conflict, title: "This installation cannot do that",
                cause: "The job needs something that is not installed or not set up here; the detail names it.",
                cure: "Install or set up what the detail names, then submit the job again.")
        default:
            row(
                .job(.internal), .internalServerError, title: "Something went wrong here", exit: 70,
                cause: "The daemon met a state it does not know, or its store cannot be used.",
                cure: "The daemon's log has the cause under the request id. Report it if it comes again.")
        }
    }

    /// What was wrong with the request.
    private static func entry(request code: JobError.Code) -> Entry {
        switch code {
        case .jobTypeUnknown:
            row(
                .job(code), .notFound, title: "There is no such job", exit: 2,
                cause: "The name is not in the catalogue of this version.", cure: "GET /job-types lists all names.")
        case .permissionDenied:
            row(
                .job(code), .forbidden, title: "Not allowed", exit: 4,
                cause: "The user is known, but not a member of a group that may do this.",
                cure: "The detail names who may. Use such an account, or have the user added to a group.")
        case .parameterMissing:
            row(
                .job(code), .badRequest, title: "A parameter is missing", exit: 2,
                cause: "The job needs a parameter that was not sent.", cure: "The entries of 'errors' name all faults.")
        case .parameterUnknown:
            row(
                .job(code), .badRequest, title: "A parameter is unknown", exit: 2,
                cause: "The job has no parameter of that name.", cure: "GET /job-types/{name} lists its parameters.")
        case .parameterInvalid:
            row(
                .job(code), .badRequest, title: "A parameter has a wrong value", exit: 2,
                cause: "A value has the wrong type or is not allowed.", cure: "The entries of 'errors' name all faults."
            )
        case .idempotencyKeyReused:
            row(
                .job(code), .unprocessableContent, title: "The idempotency key was used for something else",
                cause: "The same key came earlier with other content.", cure: "Make a new key for each new request.")
        default:
            row(
                .job(.idempotencyKeyInUse), .conflict, title: "The first request with this key is still being taken",
                retry: true, cause: "Two requests with one idempotency key came at the same time.",
                cure: "Send the request again in a moment; it will be answered with the same job.")
        }
    }

    /// What was wrong with the thing it was about.
    private static func entry(object code: JobError.Code) -> Entry {
        switch code {
        case .jobNotFound:
            row(
                .job(code), .notFound, title: "There is no such job",
                cause: "The id was never given out, or the job belongs to somebody else.",
                cure: "GET /jobs lists yours.")
        case .jobExpired:
            row(
                .job(code), .gone, title: "The job is no longer kept",
                cause: "It is older than the history that is kept.",
                cure: "The detail names its archive; 'confd job-file' prints it from there.")
        case .jobNotCancellable:
            row(
                .job(code), .conflict, title: "The job cannot be cancelled any more",
                cause: "It has ended, or its change is already decided.",
                cure: "Submit a job that takes the change back.")
        case .objectExists:
            row(
                .job(code), .conflict, title: "It exists already", cause: "The name or address is in use.",
                cure: "Choose another name, or change the one that exists.")
        case .objectMissing:
            row(
                .job(code), .notFound, title: "It does not exist", cause: "Nothing has the name the request gives.",
                cure: "List what there is and check the spelling.")
        case .objectBusy:
            row(
                .job(code), .conflict, title: "It is in use", retry: true,
                cause: "Something else uses it or runs on it.",
                cure: "End what uses it first, or wait.")
        case .revisionConflict:
            row(
                .job(code), .preconditionFailed, title: "The configuration has changed",
                cause: "The request was made for a revision that is no longer the current one.",
                cure: "Read the current configuration, check that the change still fits, and send it again.")
        case .preconditionRequired:
            row(
                .job(code), .preconditionRequired, title: "The change has to say what it is made for",
                cause: "The request would change the configuration whatever it is by now.",
                cure: "Read the configuration and send its ETag as If-Match.")
        case .revisionNotFound:
            row(
                .job(code), .notFound, title: "There is no such revision", cause: "The number was never used.",
                cure: "GET /exaconf/revisions lists all of them.")
        default:
            row(
                .job(.configurationModified), .conflict, title: "The configuration file was edited by hand",
                cause: "The file's checksum does not fit its content, so changes are refused.",
                cure: "Adopt the edit by setting 'Checksum = COMMIT' in the file, or restore the last revision.")
        }
    }

    /// Why the service cannot do it now.
    private static func entry(service code: JobError.Code) -> Entry {
        switch code {
        case .queueFull:
            row(
                .job(code), .serviceUnavailable, title: "Too many jobs wait", exit: 5, retry: true,
                cause: "More jobs wait than are taken.", cure: "Send the request again later.")
        case .tooManyWaits:
            row(
                .job(code), .tooManyRequests, title: "Too many requests wait", exit: 5, retry: true,
                cause: "As many requests of the user wait for jobs as may at the same time; nothing was done.",
                cure:
                    "End a wait, or follow many jobs by one event stream. The setting limits.waits changes the number.")
        case .draining:
            row(
                .job(code), .serviceUnavailable, title: "No new jobs are taken", exit: 5, retry: true,
                cause: "An administrator has closed the queue.", cure: "Wait until it is open again.")
        case .shuttingDown:
            row(
                .job(code), .serviceUnavailable, title: "The daemon is stopping", exit: 5, retry: true,
                cause: "It is being restarted or stopped.", cure: "Send the request again when it is back.")
        case .noMaster:
            row(
                .job(code), .serviceUnavailable, title: "There is no master", exit: 5, retry: true,
                cause: "The cluster is choosing a master, or cannot.", cure: "Send the request again in a few seconds.")
        case .noQuorum:
            row(
                .job(code), .serviceUnavailable, title: "Too few nodes are up", exit: 5, retry: true,
                cause: "A decision needs more than half of the nodes.",
                cure:
                    "Bring nodes back, then send it again. GET /cluster says which are away. When most votes are "
                    + "lost for good, 'confd cluster recover' goes on from one node.")
        case .behind:
            row(
                .job(code), .serviceUnavailable, title: "This node is behind", exit: 5, retry: true,
                cause:
                    "It does not have the revision the request asks for, has not heard from the other nodes for 10 s, or has "
                    + "what the cluster has not.",
                cure: "Wait, or ask the master. GET /cluster says so where the node has to leave and join again.")
        default:
            row(
                .job(.syncIncomplete), .serviceUnavailable, title: "Not every node has the change", exit: 5,
                retry: true,
                cause: "A node has not confirmed the new revision.", cure: "Look at 'sync' of the job for the node.")
        }
    }
}
