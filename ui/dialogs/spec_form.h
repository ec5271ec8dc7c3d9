// What every launch sheet does with its fields (UX.md 3.6): a preset fills them, what differs from
// it is bold and listed, its value stands in the tool tip, and the whole is a job's spec.
#pragma once

#include "ui/dialogs/spec_fields.h"

#include <QObject>

#include <string_view>
#include <vector>

class QLabel;

namespace crux::ui {

class Session;

/// Rows of fields, each standing for one parameter of a job kind. Owner: its sheet, which lays the
/// fields out. GUI thread.
class SpecForm : public QObject {
    Q_OBJECT
public:
    /// Words around the differences: what stands there without any, before them ("%1"), and in the
    /// tool tip of a field ("%1").
    struct Words {
        QString same, differ, tip;
    };

    /// `kind` has a table in core/spec `params`.
    SpecForm(std::string_view kind, QObject* parent);
    void setWords(const Words& words) { m_words = words; }

    /// `name` is the field's word in the list of differences and its accessible name, `doc` its
    /// tool tip, `none` the word for an empty text.
    template <typename Field>
    Field* add(const char* key, Field* field, const QString& name, const QString& doc = {},
               const QString& none = {}) {
        addRow(key, field, name, doc, none);
        return field;
    }
    /// The field of a parameter, nullptr if it has none.
    template <typename Field = QWidget> Field* field(std::string_view key) const {
        return qobject_cast<Field*>(widget(key));
    }

    Json value(std::string_view key) const;
    /// As a user would set it.
    void setValue(std::string_view key, const Json& value);
    /// All fields, by parameter.
    Json spec() const;

    /// Fills the fields with a preset and measures differences from it. Parameters that it leaves
    /// out keep their fields and count as no difference.
    void show(const Json& preset);
    /// Another preset below the user's changes: fields that stand as the old one had them follow.
    void rebase(const Json& preset);
    /// Fills the fields below the same preset.
    void fill(const Json& values);
    /// Back to the preset; "all": all fields.
    void reset(std::string_view key);
    bool isChanged(std::string_view key) const;
    /// "rank 16 → 8" for each changed field, in the order of the fields.
    struct Change {
        std::string key;
        QString text;
    };
    std::vector<Change> changes() const;
    QString differences() const;
    /// A label that says them from now on.
    QLabel* makeDifferences(QWidget* parent);

    /// The values of the last launch, for "Last used"; null: none yet. `variant` parts those of one
    /// kind that have little in common (methods of training).
    Json lastUsed(const Session& session, const QString& variant = {}) const;
    void keepAsLastUsed(Session& session) const;
    void keepAsLastUsed(Session& session, const QString& variant, const Json& values) const;

Q_SIGNALS:
    void edited(); ///< by the user, setValue() or reset(), not by show(), fill() and rebase()

private:
    struct Row {
        std::string key;
        QWidget* widget;
        QString name, doc, none;
        ParamType type;
    };
    void addRow(const char* key, QWidget* widget, const QString& name, const QString& doc,
                const QString& none);
    void follow(QWidget* widget);
    const Row* find(std::string_view key) const;
    QWidget* widget(std::string_view key) const;
    bool isChanged(const Row& row) const;
    void touched();
    void mark();

    std::string m_kind;
    std::vector<ParamDef> m_table;
    std::vector<Row> m_rows;
    Json m_preset = Json::object();
    Words m_words;
    QLabel* m_differences = nullptr;
    bool m_filling = false;
};

} // namespace crux::ui
