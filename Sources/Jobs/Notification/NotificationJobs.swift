package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `notification_list`: whom the node that decides tells what happened, and how it stands with each.
    package static let notificationList = JobDefinition(
        name: "notification_list", noun: "notification",
        summary: "Targets of notifications, and how it stands with each.",
        mode: .read, permission: .administration, result: "List of dicts, in the order of the settings.",
        work: .look { (context) throws(JobError) in
            let command = try Command(
                NotificationLook(), on: context.cluster.ownNode, deadline: JobContext.longestLook)
            return Plan(commands: [command]) { (answers) throws(JobError) in
                .list(try NotificationLook.answer(answers.first).map(\.value))
            }
        }
    ).with {
        $0.answer = .list(.notificationTarget)
        $0.help = "Targets are settings of the daemon, `notifications.targets`; only the node that decides tells."
    }

    /// `notification_test`: tells a target something, to see whether it arrives.
    package static let notificationTest = JobDefinition(
        name: "notification_test", noun: "notification",
        summary: "Try whether a target of notifications can be reached.",
        mode: .read, permission: .administration, result: "Nothing.",
        work: .act { (context, document) throws(JobError) in
            let command = NotificationTry(try context.arguments.required("target"))
            return Plan(commands: [try Command(command, on: context.cluster.ownNode, deadline: .seconds(60))])
        }
    ).with {
        $0.help = """
            Sends a notice with the topic `test`, whatever the rules say, once and past everything that waits. The job \
            fails with the reason when it does not arrive.
            """
        $0.mandatory = [Parameter("target", .str, text: "What the setting notifications.targets calls it.")]
        $0.locks = { _ in [.exclusive("notifications")] }
        $0.example = ["target": "ops"]
    }
}

extension NotificationStanding {
    /// As the job answers it.
    fileprivate var value: Value {
        .members([
            "name": .string(name), "way": .string(way), "waiting": .int(waiting), "delivered": .int(delivered),
            "lost": .int(lost), "fault": fault.map(Value.string), "since": since.map(Value.string),
        ])
    }
}

extension Shape {
    fileprivate static let notificationTarget = Shape.object(
        "NotificationTarget", text: "Whom the daemon tells what happened.",
        members: [
            .has("name", .str, text: "What rules call it."), .has("way", .word(["webhook", "mail"])),
            .has("waiting", .int, text: "Notices that wait."),
            .has("delivered", .int, text: "Notices that arrived since the node keeps count."),
            .has("lost", .int, text: "Notices that were given up since one arrived last."),
            .may("fault", .str, text: "Why nothing arrives now."),
            .may("since", .str, text: "Since when, RFC 3339."),
        ])
}
