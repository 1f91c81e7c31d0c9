import EXAConf
import JobEngine

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
            .has("name", .str), .has("type", .str), .may("vid", .str), .may("url", .str), .may("owner", .ownerIDs),
            .may("username", .str), .may("password", .str), .may("options", .str), .may("labels", .names),
        ])
}
