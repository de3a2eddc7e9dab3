"""Global hotkeys: one provider per system behind one protocol. `manager.Hotkeys` is what the app uses."""
