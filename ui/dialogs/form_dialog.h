// The frame of every dialog: rows with a label, a field and the fault below it, a reason beside the
// buttons when the main one is disabled.
#pragma once

#include <QDialog>
#include <QHash>

class QHBoxLayout;
class QLabel;
class QLineEdit;
class QPushButton;
class QVBoxLayout;

namespace crux::ui {

class TallScroll;

/// A path field with "Browse…". Owner: its form. GUI thread.
class PathField : public QWidget {
    Q_OBJECT
public:
    enum class Kind { Folder, OpenFiles, SaveFile };
    PathField(Kind kind, const QString& title, QWidget* parent);
    void setFilter(const QString& filter) { m_filter = filter; }
    QString path() const;
    QStringList paths() const; ///< OpenFiles: one or more, parted by " ; "
    void setPath(const QString& path);
    QLineEdit* edit() const { return m_edit; }

Q_SIGNALS:
    void changed();

private:
    void browse();

    Kind m_kind;
    QString m_title, m_filter;
    QLineEdit* m_edit;
};

/// The user's documents, or the home folder where there are none: a folder that exists.
QString documentsFolder();

/// Base of the dialogs. Owner: whoever opens it (WA_DeleteOnClose is the opener's choice). GUI
/// thread.
class FormDialog : public QDialog {
    Q_OBJECT
public:
    FormDialog(const QString& title, const QString& primaryText, QWidget* parent);

    QPushButton* primaryButton() const { return m_primary; }
    /// Text shown because the primary button is off; "" when it is on.
    QString reason() const;
    /// Fault of a field as shown below it.
    QString fieldError(const QWidget* field) const;

protected:
    void showEvent(QShowEvent* event) override;
    bool event(QEvent* event) override;
    /// Headings, fields and texts go into this column from now on; nullptr: the sheet's own.
    void setColumn(QVBoxLayout* column) { m_column = column ? column : m_body; }
    /// A 24 px heading with a rule; what to hide when nothing below it is shown.
    QWidget* addHeading(const QString& text);
    void addField(const QString& label, QWidget* field, const QString& hint = {});
    /// A row without a label.
    void addWide(QWidget* widget, int stretch = 0);
    void addText(const QString& text);
    void setFieldError(const QWidget* field, const QString& error);
    /// Hides or shows a field with its label, hint and fault.
    void setFieldVisible(const QWidget* field, bool visible);
    /// Empty: the primary button is on.
    void setReason(const QString& reason);
    /// Shown in the reason's place while the button is on, e.g. an estimate.
    void setNote(const QString& note);
    QVBoxLayout* body() const { return m_body; }
    /// Extra button at the left of the button row.
    void addLeftButton(QPushButton* button);

private:
    struct Field {
        QWidget* row = nullptr;
        QLabel* error = nullptr;
        QLabel* sign = nullptr;
    };
    void updateReason();
    void grow();

    TallScroll* m_scroll; ///< a sheet higher than the screen scrolls above its buttons
    QVBoxLayout* m_body;
    QVBoxLayout* m_column; ///< what is added now goes here
    QHBoxLayout* m_buttons;
    QLabel* m_reasonSign;
    QLabel* m_reasonText;
    QPushButton* m_primary;
    QPushButton* m_cancel;
    QHash<const QWidget*, Field> m_fields;
    QString m_reason, m_note;
};

} // namespace crux::ui
