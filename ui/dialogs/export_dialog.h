// Export of the current heat map (SVG, PNG, HTML, LaTeX) or of trajectory rows (JSONL, CSV, ...).
#pragma once

#include "ui/dialogs/form_dialog.h"

class QCheckBox;
class QComboBox;

namespace crux::ui {

class CheckList;
class Session;

/// Stays open while it writes; closes when the file is whole. Owner: its opener. GUI thread;
/// reading and writing happen on the reader thread.
class ExportDialog : public FormDialog {
    Q_OBJECT
public:
    explicit ExportDialog(Session& session, QWidget* parent = nullptr);
    void setKind(const QString& kind); ///< "svg", "png", "html", "latex", "jsonl", ...
    void setTarget(const QString& file);
    void setFilter(const QString& expression);

Q_SIGNALS:
    void written(const QString& file);

public Q_SLOTS:
    void accept() override;

private:
    bool heatMap() const;
    QString kind() const;
    void kindChosen();
    void check();
    void exportHeatMap();
    void exportRows();
    void finished(const QString& fault);

    Session& m_session;
    QComboBox* m_kind;
    PathField* m_target;
    QLineEdit* m_filter;
    QCheckBox* m_perToken;
    QCheckBox* m_branches;
    CheckList* m_facts;
    QString m_fault;
    bool m_busy = false;
};

} // namespace crux::ui
