// From file, environment and flags to one configuration. Pure: reads nothing itself.

extension Configuration {
    /// The defaults, overridden by a file, overridden by the environment, overridden by flags.
    ///
    /// - Parameters:
    ///   - file: the file that was named, if one was.
    ///   - environment: all variables; those that do not begin with `FLOWD_` are not looked at.
    ///   - flags: what `Invocation` left over.
    /// - Throws: every problem of all sources at once, also those of values that a later source overrides.
    public init(
        file: ConfigurationFile?, environment: [String: String], flags: [ConfigurationFlag]
    ) throws(ConfigurationError) {
        self.init()
        var problems: [ConfigurationProblem] = []
        if let file { read(file, &problems) }
        read(environment, &problems)
        read(flags, &problems)
        guard problems.isEmpty else { throw ConfigurationError(problems: problems) }
    }

    private mutating func read(_ file: ConfigurationFile, _ problems: inout [ConfigurationProblem]) {
        var places: [String: ConfigurationPlace] = [:]
        for line in file.lines {
            let place = ConfigurationPlace.line(line.number, of: file.name)
            switch line.content {
            case .failure(let reason): problems.append(ConfigurationProblem(place: place, reason: reason))
            case .success(let assignment):
                guard let setting = Setting.named(assignment.key, in: \.key) else {
                    problems.append(
                        ConfigurationProblem(
                            place: place,
                            reason: .unknown(name: assignment.key, known: Setting.all.map(\.key))))
                    continue
                }
                set(setting, to: assignment.value, from: place, places: &places, &problems)
            }
        }
    }

    private mutating func read(_ environment: [String: String], _ problems: inout [ConfigurationProblem]) {
        for (name, value) in environment.sorted(by: { $0.key < $1.key })
        where name.hasPrefix(Setting.variablePrefix) && name != Setting.fileVariable {
            let place = ConfigurationPlace.variable(name)
            guard let setting = Setting.named(name, in: \.variable) else {
                let known = Setting.all.map(\.variable) + [Setting.fileVariable]
                problems.append(
                    ConfigurationProblem(place: place, reason: .unknown(name: name, known: known)))
                continue
            }
            if let reason = apply(setting, value) {
                problems.append(ConfigurationProblem(place: place, reason: reason))
            }
        }
    }

    private mutating func read(_ flags: [ConfigurationFlag], _ problems: inout [ConfigurationProblem]) {
        var places: [String: ConfigurationPlace] = [:]
        for flag in flags {
            let place = ConfigurationPlace.flag(flag.name)
            guard let setting = Setting.named(flag.name, in: \.flag) else {
                let known = Setting.all.map(\.flag)
                problems.append(
                    ConfigurationProblem(place: place, reason: .unknown(name: flag.name, known: known)))
                continue
            }
            guard let value = flag.value else {
                problems.append(ConfigurationProblem(place: place, reason: .valueMissing))
                continue
            }
            set(setting, to: value, from: place, places: &places, &problems)
        }
    }

    /// Takes a value from a source that can name a setting twice and must not hold secrets.
    private mutating func set(
        _ setting: Setting, to value: String, from place: ConfigurationPlace,
        places: inout [String: ConfigurationPlace], _ problems: inout [ConfigurationProblem]
    ) {
        let reason: ConfigurationProblem.Reason?
        if setting.sources == .environmentOnly {
            reason = .environmentOnly(key: setting.key, variable: setting.variable)
        } else if let before = places[setting.key] {
            reason = .repeated(key: setting.key, before: before)
        } else {
            reason = apply(setting, value)
        }
        places[setting.key] = places[setting.key] ?? place
        if let reason { problems.append(ConfigurationProblem(place: place, reason: reason)) }
    }

    private mutating func apply(_ setting: Setting, _ value: String) -> ConfigurationProblem.Reason? {
        // An empty variable, which a container's description may hand through, changes nothing.
        if value.isEmpty { return nil }
        guard !value.utf8.contains(where: { $0 < 32 || $0 == 127 }) else { return .controlCharacter }
        return setting.apply(value, &self) ? nil : .value(of: setting.key, allowed: setting.allowed)
    }
}
