import EXAConf
import JobEngine
import Values

extension RemoteVolume {
    /// The volume as `remote_volume_info` shows it: `vid` is text, the password plain, what is not set is left out.
    var value: Value {
        .members([
            "name": .string(name), "type": .string(type), "vid": id.map { .string(String($0)) },
            "url": url.map(Value.string), "owner": owner?.value, "username": username.map(Value.string),
            "password": password.map(Value.string), "options": options.isEmpty ? nil : .string(options),
            "labels": labels.isEmpty ? nil : .strings(labels),
        ])
    }
}

extension Shape {
    /// A volume as `remote_volume_info` shows it.
    static let remoteVolume = Shape.object(
        "RemoteVolumeInfoResult", "A remote volume.",
        [
            .has("name", .str, like: "r0001"), .has("type", .str, "The kind of store.", like: "ftp"),
            .may("vid", .str, "The volume id."), .may("url", .str, "Where the store is."),
            .may("owner", .ownerIDs, "User id and group id of the owner."),
            .may("username", .str, "User of the store."), .may("password", .str, "That user's password."),
            .may("options", .str, "Flags."), .may("labels", .names, "Its labels."),
        ])
}
