import Gateway
import JobEngine
import Values

/// Methods that tell which jobs there are.
extension RPCMethod {
    static let jobList = RPCMethod(
        "job_list", returns: .array, help: "Answers the names of all jobs that can be run."
    ) { (call) throws(JobError) in
        .strings(call.services.scheduler.catalogue.names)
    }

    static let jobHelp = RPCMethod(
        "job_help", .job, returns: .string,
        help: """
            Answers what a job does, its parameters and who may run it, as text for people.
            @name, the job, one of job_list
            """
    ) { (call) throws(JobError) in
        .string(JobHelp(try call.services.scheduler.catalogue.definition(call.text(0))).text)
    }

    static let jobDesc = RPCMethod(
        "job_desc", .job, returns: .array,
        help: """
            Answers what is known of a job, for programs: whether there is such a job, then a list by position:
            0 description, 1 mandatory parameters, 2 optional parameters, 3 substitute parameters, 4 allowed users,
            5 allowed groups, 6 examples, 7 mode (read or modify), 8 kind of object, 9 what it returns,
            10 defaults and bounds of parameters, 11 the long description in Markdown.
            @name, the job, one of job_list
            """
    ) { (call) throws(JobError) in
        do throws(JobError) {
            let definition = try call.services.scheduler.catalogue.definition(call.text(0))
            return [true, .list(JobHelp(definition).elements)]
        } catch {
            return [false, []]
        }
    }
}
