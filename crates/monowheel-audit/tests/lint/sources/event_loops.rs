use std::time::Duration;

use pyo3::prelude::*;
use pyo3_async_runtimes::tokio::{future_into_py, get_current_locals, get_runtime, into_future};

fn lost(coroutine: Py<PyAny>) {
    get_runtime().spawn(async move {
        let future = Python::attach(|py| into_future(coroutine.bind(py).clone())); //~ event-loop-elsewhere
        future
    });
}

fn kept(py: Python<'_>, coroutine: Py<PyAny>) -> PyResult<()> {
    let locals = get_current_locals(py)?;
    get_runtime().spawn(pyo3_async_runtimes::tokio::scope(locals, async move {
        Python::attach(|py| into_future(coroutine.bind(py).clone()))
    }));
    Ok(())
}

fn schedules(event_loop: Py<PyAny>, callback: Py<PyAny>) {
    std::thread::spawn(move || {
        Python::attach(|py| event_loop.call_method1(py, "call_soon", (callback,))) //~ event-loop-elsewhere
    });
}

fn schedules_well(py: Python<'_>, event_loop: &Bound<'_, PyAny>, callback: Py<PyAny>) -> PyResult<()> {
    event_loop.call_method1("call_soon", (callback,))?;
    Ok(())
}

fn sleeps(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    future_into_py(py, async move {
        std::thread::sleep(Duration::from_secs(1)); //~ blocking-in-future
        tokio::task::spawn_blocking(|| std::thread::sleep(Duration::from_secs(1))).await
    })
}
